"""Feedback of visitors with the answers to it, and how often pages are opened."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institution", "0003_revisions")]

    operations = [
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "page",
                    models.CharField(
                        help_text="path without query and language, or the address it came with", max_length=300
                    ),
                ),
                ("language", models.CharField(default="lv", max_length=2)),
                ("stage", models.CharField(blank=True, max_length=10)),
                ("part", models.CharField(blank=True, help_text="path of a part of the description", max_length=40)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("information", "information"),
                            ("procedure", "procedure"),
                            ("assistance", "assistance"),
                        ],
                        max_length=12,
                    ),
                ),
                ("rating", models.PositiveSmallIntegerField()),
                (
                    "found",
                    models.CharField(
                        blank=True, choices=[("yes", "yes"), ("partly", "partly"), ("no", "no")], max_length=6
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                (
                    "masked",
                    models.JSONField(default=dict, help_text="what was taken out of the comment, and how often"),
                ),
                ("wants_answer", models.BooleanField(default=False)),
                (
                    "address",
                    models.TextField(
                        blank=True, help_text="sealed; empty once the answer has gone or the time is over"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                            ("counted", "counted"),
                        ],
                        db_index=True,
                        default="new",
                        max_length=8,
                    ),
                ),
                (
                    "source",
                    models.SlugField(default="form", help_text="form, or the tool it was brought from", max_length=40),
                ),
                (
                    "batch",
                    models.CharField(blank=True, help_text="SHA-256 of the file it was brought in", max_length=64),
                ),
                ("is_illustrative", models.BooleanField(default=False)),
                (
                    "body",
                    models.ForeignKey(
                        help_text="the institution whose page it was",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ground.body",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="institution.service",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "feedback",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answer", to="institution.feedback"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeedbackStateRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                            ("counted", "counted"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                ("why", models.TextField(blank=True)),
                (
                    "feedback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="state_rows",
                        to="institution.feedback",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PageViews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("page", models.CharField(max_length=300)),
                (
                    "device",
                    models.CharField(
                        choices=[
                            ("pc", "pc"),
                            ("tablet", "tablet"),
                            ("smartphone", "smartphone"),
                            ("others", "others"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "country",
                    models.CharField(blank=True, help_text="ISO 3166-1 alpha-2, empty where unknown", max_length=2),
                ),
                ("n", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "page", "device", "country"), name="page_views_are_one_row")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["service", "at"], name="institution_service_d94569_idx"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["state", "at"], name="institution_state_67dbb2_idx"),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__gte", 1), ("rating__lte", 5)), name="feedback_rates_from_1_to_5"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "closed"), _negated=True), ("address", ""), _connector="OR"),
                name="closed_feedback_keeps_no_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("service__isnull", True), ("body__isnull", True), _connector="OR"),
                name="feedback_is_about_one_thing",
            ),
        ),
    ]
