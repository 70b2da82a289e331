import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institution", "0007_sheets")]

    operations = [
        migrations.CreateModel(
            name="Leftover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "origin",
                    models.CharField(blank=True, help_text="IRI of the service where it came from", max_length=400),
                ),
                ("source", models.CharField(help_text="name of the file or catalogue", max_length=160)),
                (
                    "triples",
                    models.TextField(blank=True, help_text="N-Triples, sorted, about the service by its IRI here"),
                ),
                (
                    "held_back",
                    models.TextField(
                        blank=True, help_text="the same of what would break the profile if it were given out"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="institution.service"
                    ),
                ),
            ],
        ),
    ]
