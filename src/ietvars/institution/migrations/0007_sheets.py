import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ground", "0006_jobs"), ("institution", "0006_quality")]

    operations = [
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(help_text="stands in the mark of each row", max_length=10, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("services", "Services"), ("measurements", "Measurements"), ("rounds", "Rounds")],
                        max_length=14,
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                (
                    "scope",
                    models.JSONField(blank=True, default=dict, help_text="what was asked for: periods, services"),
                ),
                ("made_by", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField(db_index=True)),
                ("columns", models.JSONField(help_text="codes of the columns")),
                ("rows", models.JSONField(help_text="[[key, text of each column]], the first row has the number 1")),
                (
                    "body",
                    models.ForeignKey(
                        help_text="of the author",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ground.body",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("services", "Services"), ("measurements", "Measurements"), ("rounds", "Rounds")],
                        max_length=14,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("previewed", "Previewed"), ("applied", "Applied"), ("dropped", "Dropped")],
                        default="previewed",
                        max_length=10,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("sha", models.CharField(help_text="SHA-256 of the file", max_length=64)),
                (
                    "capacity",
                    models.CharField(blank=True, help_text="code of that body; empty for the system", max_length=80),
                ),
                ("made_by", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField()),
                (
                    "notes",
                    models.JSONField(
                        blank=True, default=dict, help_text="rows, hidden rows, columns that lack or are unknown"
                    ),
                ),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.JSONField(blank=True, default=dict, help_text="what applying wrote")),
                (
                    "body",
                    models.ForeignKey(
                        help_text="of the author",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ground.body",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SheetCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField(help_text="as the spreadsheet program counts")),
                ("place", models.PositiveIntegerField(help_text="of the column, from 0")),
                ("key", models.CharField(blank=True, help_text="what the row is about", max_length=300)),
                ("label", models.CharField(blank=True, max_length=300)),
                ("column", models.SlugField(max_length=40)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("change", "Change"),
                            ("conflict", "Conflict"),
                            ("refused", "Refused"),
                            ("same", "Same"),
                        ],
                        max_length=8,
                    ),
                ),
                ("was", models.TextField(blank=True, help_text="as it went out")),
                ("now", models.TextField(blank=True, help_text="as it stood when it was previewed")),
                ("becomes", models.TextField(blank=True)),
                ("refusal", models.JSONField(blank=True, default=dict, help_text="{code, message, facts}")),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cells", to="institution.sheet"
                    ),
                ),
            ],
            options={
                "ordering": ["row", "place"],
            },
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "previewed")),
                fields=("sha", "made_by", "capacity"),
                name="file_is_previewed_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "previewed")),
                    models.Q(models.Q(("state", "previewed"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="sheet_that_is_done_with_has_its_day",
            ),
        ),
        migrations.AddIndex(
            model_name="sheetcell",
            index=models.Index(fields=["sheet", "outcome"], name="institution_sheet_i_c36ba9_idx"),
        ),
        migrations.AddConstraint(
            model_name="sheetcell",
            constraint=models.UniqueConstraint(fields=("sheet", "row", "place"), name="cell_once_a_sheet"),
        ),
    ]
