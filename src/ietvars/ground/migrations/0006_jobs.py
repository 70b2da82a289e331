from django.db import migrations, models

import ietvars.ground.terms.models


class Migration(migrations.Migration):
    dependencies = [("ground", "0005_reorganisations")]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=60)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("stopped", "stopped"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                (
                    "of",
                    models.PositiveIntegerField(default=0, help_text="0 while it is not known how much there is to do"),
                ),
                (
                    "kept",
                    models.JSONField(help_text="what the function needs to go on after an interruption", null=True),
                ),
                ("report", models.JSONField(null=True)),
                (
                    "error",
                    ietvars.ground.terms.models.LanguageMapField(
                        blank=True, default=dict, help_text="the sentence for people when the job failed"
                    ),
                ),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_role", models.CharField(blank=True, max_length=40)),
                (
                    "asked_for",
                    models.CharField(blank=True, help_text="code of the body the person acted for", max_length=80),
                ),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(help_text="the worker's last sign of life", null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("losses", models.PositiveIntegerField(default=0, help_text="how often the worker died over it")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "-asked_at"], name="ground_job_kind_3bd4f4_idx"),
                    models.Index(fields=["state"], name="ground_job_state_89d1d6_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "done", "failed", "stopped"])),
                        name="job_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state__in", ["done", "failed", "stopped"])),
                            models.Q(("ended_at__isnull", True), ("state__in", ["queued", "running"])),
                            _connector="OR",
                        ),
                        name="job_has_ended_when_its_state_says_so",
                    ),
                ],
            },
        ),
    ]
