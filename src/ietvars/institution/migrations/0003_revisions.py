import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0002_canvases"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("approved", "Approved"),
                            ("scheduled", "Scheduled"),
                            ("published", "Published"),
                            ("abandoned", "Abandoned"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("description", models.JSONField(default=dict, help_text="path of each part to its value")),
                ("edition", models.PositiveIntegerField(default=1, help_text="grows with every save")),
                ("author", models.CharField(help_text="username of whoever began or submitted it", max_length=150)),
                ("approver", models.CharField(blank=True, help_text="username", max_length=150)),
                (
                    "waived",
                    models.JSONField(
                        blank=True, default=dict, help_text="code of a mandatory requirement to the reason"
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("started_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "canvas_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.canvasversion",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="institution.service"
                    ),
                ),
            ],
            options={
                "ordering": ["service", "-number"],
            },
        ),
        migrations.CreateModel(
            name="RevisionComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(blank=True, max_length=60)),
                ("text", models.TextField()),
                ("username", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settled_by", models.CharField(blank=True, max_length=150)),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="institution.revision"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RevisionEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.PositiveIntegerField()),
                ("username", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("description", models.JSONField(default=dict)),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="edits", to="institution.revision"
                    ),
                ),
            ],
            options={
                "ordering": ["revision", "edition"],
            },
        ),
        migrations.CreateModel(
            name="RevisionStateRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("approved", "Approved"),
                            ("scheduled", "Scheduled"),
                            ("published", "Published"),
                            ("abandoned", "Abandoned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                ("why", models.TextField(blank=True)),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="state_rows",
                        to="institution.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("service", "number"), name="revision_once_a_service"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "submitted", "approved", "scheduled"])),
                fields=("service",),
                name="one_open_revision_a_service",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approver", ""), models.Q(("author", models.F("approver")), _negated=True), _connector="OR"
                ),
                name="revision_is_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True), ("valid_from__isnull", False), _connector="OR"
                ),
                name="scheduled_revision_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="revisionedit",
            constraint=models.UniqueConstraint(fields=("revision", "edition"), name="edition_once_a_revision"),
        ),
        migrations.CreateModel(
            name="ReviewReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due", models.DateField()),
                ("at", models.DateTimeField()),
                ("people", models.PositiveIntegerField(default=0, help_text="how many it reached")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="institution.service"
                    ),
                ),
            ],
            options={"ordering": ["at", "pk"]},
        ),
        migrations.AddConstraint(
            model_name="reviewreminder",
            constraint=models.UniqueConstraint(fields=("service", "due"), name="review_reminder_once"),
        ),
    ]
