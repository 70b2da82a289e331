from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ground", "0004_words_for_people")]

    operations = [
        migrations.CreateModel(
            name="Reorganisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("merged", "merged"), ("split", "split"), ("renamed", "renamed")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("applied", "applied"),
                            ("undone", "undone"),
                            ("dropped", "dropped"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("on", models.DateField(help_text="first day of the successors")),
                ("plan", models.JSONField(help_text="see bodies.plans.Plan")),
                (
                    "moved",
                    models.JSONField(
                        blank=True, default=dict, help_text="room to what it did to its rows, see bodies.journal"
                    ),
                ),
                (
                    "counts",
                    models.JSONField(blank=True, default=dict, help_text="kind of thing to how many went over"),
                ),
                ("planned_by", models.CharField(max_length=150)),
                ("planned_at", models.DateTimeField()),
                ("applied_by", models.CharField(blank=True, max_length=150)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("undone_by", models.CharField(blank=True, max_length=150)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("why", models.TextField(blank=True, help_text="why it was undone or dropped")),
            ],
            options={
                "ordering": ["-planned_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied_at__isnull", True), ("state__in", ["planned", "dropped"])),
                            models.Q(("applied_at__isnull", False), ("state__in", ["applied", "undone"])),
                            _connector="OR",
                        ),
                        name="reorganisation_applied_says_when",
                    )
                ],
            },
        ),
    ]
