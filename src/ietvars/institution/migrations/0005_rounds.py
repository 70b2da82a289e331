import django.db.models.deletion
from django.db import migrations, models

import ietvars.ground.terms.models


class Migration(migrations.Migration):
    dependencies = [("institution", "0004_feedback")]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not-reported", "Not Reported"),
                            ("submitted", "Submitted"),
                            ("change-requested", "Change Requested"),
                            ("accepted", "Accepted"),
                        ],
                        default="not-reported",
                        max_length=16,
                    ),
                ),
                ("reporter", models.CharField(blank=True, help_text="username of who submitted last", max_length=150)),
                ("accepter", models.CharField(blank=True, help_text="username", max_length=150)),
                ("submissions", models.PositiveIntegerField(default=0)),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ground.body"),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.edition",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ReportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not-reported", "Not Reported"),
                            ("submitted", "Submitted"),
                            ("change-requested", "Change Requested"),
                            ("accepted", "Accepted"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                ("why", models.TextField(blank=True)),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.edition",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="institution.report"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("title", ietvars.ground.terms.models.LanguageMapField(blank=True, default=dict)),
                ("period", models.CharField(max_length=10)),
                ("due", models.DateField()),
                (
                    "indicators",
                    models.JSONField(default=list, help_text="codes of the indicators whose figures are asked"),
                ),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=150)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("is_illustrative", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-due", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("period",),
                        name="one_open_round_a_period",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="report",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="institution.round"
            ),
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.SlugField(blank=True, max_length=60)),
                (
                    "target",
                    models.CharField(help_text="body:ID, service:ID or nothing, and the quantity", max_length=200),
                ),
                ("is_excused", models.BooleanField(default=True)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ground.body",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="institution.service",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exemptions", to="institution.round"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Typed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.SlugField(max_length=60)),
                ("stage", models.CharField(blank=True, max_length=10)),
                ("channel", models.SlugField(blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("measured", "Measured"),
                            ("missing", "Missing"),
                            ("not_applicable", "Not Applicable"),
                            ("not_asked", "Not Asked"),
                            ("unreadable", "Unreadable"),
                        ],
                        max_length=14,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("n", models.BigIntegerField(null=True)),
                ("spread", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("scale", models.CharField(blank=True, max_length=40)),
                ("raw", models.CharField(blank=True, max_length=400)),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="why it is not applicable, or why a doubtful figure is right"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="typed", to="institution.report"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="institution.service"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ListDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        help_text="pdf, asice or edoc: found in the content, never taken from the name", max_length=10
                    ),
                ),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                (
                    "document_number",
                    models.CharField(blank=True, help_text="of the approval it was attached to", max_length=80),
                ),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                ("is_current", models.BooleanField(default=True, help_text="belongs to the approval in force")),
                (
                    "service_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="institution.servicelist",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("service_list",),
                        name="one_current_document_a_list",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("people", models.PositiveIntegerField(default=0)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="institution.report"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("report", "kind"), name="reminded_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("round", "body"), name="one_report_a_round_and_body"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepter", ""), models.Q(("accepter", models.F("reporter")), _negated=True), _connector="OR"
                ),
                name="report_is_accepted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "not-reported"), ("edition__isnull", False), _connector="OR"),
                name="what_was_submitted_has_an_edition",
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.UniqueConstraint(fields=("round", "target"), name="one_exemption_a_target"),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="exemption_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("body__isnull", True), ("service__isnull", True), _connector="OR"),
                name="exemption_is_of_a_body_or_a_service",
            ),
        ),
        migrations.AddConstraint(
            model_name="typed",
            constraint=models.UniqueConstraint(
                fields=("report", "service", "quantity", "stage", "channel"), name="typed_once_a_report"
            ),
        ),
        migrations.AddConstraint(
            model_name="typed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "measured"), ("value__isnull", False)),
                    models.Q(models.Q(("state", "measured"), _negated=True), ("value__isnull", True)),
                    _connector="OR",
                ),
                name="only_a_measured_typed_figure_has_a_number",
            ),
        ),
    ]
