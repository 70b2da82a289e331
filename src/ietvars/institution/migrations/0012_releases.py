import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0011_flows"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("period", models.CharField(max_length=12)),
                ("start", models.DateField()),
                ("end", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("superseded", "Superseded"),
                            ("dropped", "Dropped"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("maker", models.CharField(help_text="username", max_length=150)),
                ("approver", models.CharField(blank=True, help_text="username", max_length=150)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("is_illustrative", models.BooleanField(default=False)),
                ("manifest", models.JSONField()),
                (
                    "sums",
                    models.JSONField(
                        default=dict, help_text="how many figures are shown, suppressed and missing, by measure"
                    ),
                ),
                (
                    "derived_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.release",
                    ),
                ),
            ],
            options={
                "ordering": ["-end", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReleaseStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("superseded", "Superseded"),
                            ("dropped", "Dropped"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("username", models.CharField(max_length=150)),
                ("why", models.TextField(blank=True)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="institution.release"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(("maker", models.F("approver")), _negated=True),
                name="release_is_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "dropped"]),
                    models.Q(models.Q(("approver", ""), _negated=True), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="published_release_has_an_approver",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")), fields=("period",), name="one_published_release_a_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("period",), name="one_drafted_release_a_period"
            ),
        ),
    ]
