import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institution", "0005_rounds")]

    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=1000, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="LinkCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("fine", "fine"),
                            ("gone", "gone"),
                            ("no-host", "no-host"),
                            ("unclear", "unclear"),
                            ("inner", "inner"),
                            ("unreadable", "unreadable"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="status of the answer, if there was one", null=True),
                ),
                ("note", models.CharField(blank=True, help_text="why there was no answer", max_length=20)),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="institution.link",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["link", "at"], name="institution_link_id_24670c_idx"),
                    models.Index(fields=["outcome"], name="institution_outcome_8cd8d5_idx"),
                ],
            },
        ),
    ]
