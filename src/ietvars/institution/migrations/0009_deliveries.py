import django.db.models.deletion
from django.db import migrations, models

import ietvars.ground.terms.models


class Migration(migrations.Migration):
    dependencies = [("institution", "0008_linked")]

    operations = [
        migrations.CreateModel(
            name="EvidenceKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=120, unique=True)),
                ("since", models.DateTimeField(help_text="when it was first met")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="InboxEvent",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=16, unique=True)),
                ("received_us", models.BigIntegerField()),
                ("payload", models.BinaryField(help_text="see packing")),
            ],
        ),
        migrations.CreateModel(
            name="ErasedPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_key", models.BigIntegerField()),
                ("key_version", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("is_written", models.BooleanField(default=False, help_text="the lake no longer bears it")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person_key", "key_version"), name="person_erased_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Sender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "is_narrowed",
                    models.BooleanField(default=False, help_text="only the services listed, not all of the body"),
                ),
                ("secret_digest", models.CharField(help_text="SHA-256 of the secret, hexadecimal", max_length=64)),
                ("secret_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=150)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("minute", models.BigIntegerField(default=0, help_text="minute of the last call, since 1970")),
                ("minute_events", models.IntegerField(default=0, help_text="events of that minute")),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ground.body"),
                ),
                ("services", models.ManyToManyField(blank=True, related_name="+", to="institution.service")),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uri", models.CharField(max_length=200, unique=True)),
                ("since", models.DateTimeField()),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ground.body"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="as events name it", max_length=120)),
                ("title", ietvars.ground.terms.models.LanguageMapField(blank=True, default=dict)),
                ("since", models.DateTimeField(help_text="when it was first met")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="activities", to="institution.service"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("service", "code"), name="activity_once_a_service")],
            },
        ),
        migrations.CreateModel(
            name="Refused",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fingerprint",
                    models.CharField(help_text="of sender and document: the same again is counted", max_length=32),
                ),
                ("document", models.JSONField(help_text="masked")),
                ("code", models.SlugField(max_length=60)),
                ("sentence", models.CharField(max_length=300)),
                ("facts", models.JSONField(default=dict)),
                ("times", models.PositiveIntegerField(default=1)),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("replayed", "Replayed"), ("dropped", "Dropped")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                (
                    "body",
                    models.ForeignKey(
                        help_text="of the sender",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ground.body",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused",
                        to="institution.sender",
                    ),
                ),
            ],
            options={
                "ordering": ["-received_at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "body", "code"], name="institution_state_574beb_idx"),
                    models.Index(fields=["received_at"], name="institution_receive_e5b6ee_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("fingerprint",), name="refused_lies_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="refused_ends_at_a_moment",
                    ),
                ],
            },
        ),
    ]
