import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institution", "0009_deliveries")]

    operations = [
        migrations.CreateModel(
            name="CaseRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        blank=True,
                        help_text="of what it computes: facts, formula, dimensions; empty: a refresh",
                        max_length=120,
                    ),
                ),
                ("started_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CaseRunPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dataset", models.SlugField(blank=True, max_length=40)),
                ("cohort", models.PositiveIntegerField()),
                ("bucket", models.PositiveSmallIntegerField()),
                ("path", models.CharField(blank=True, max_length=250)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("bytes", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("first_seq", models.PositiveBigIntegerField(default=0)),
                ("last_seq", models.PositiveBigIntegerField(default=0)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="institution.caserun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "dataset", "cohort", "bucket"), name="run_lays_a_part_once")
                ],
            },
        ),
    ]
