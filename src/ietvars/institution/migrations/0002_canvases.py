import django.db.models.deletion
from django.db import migrations, models

import ietvars.ground.terms.models


class Migration(migrations.Migration):
    dependencies = [
        ("ground", "0003_audit_only_grows"),
        ("institution", "0001_the_building"),
    ]

    operations = [
        migrations.CreateModel(
            name="Canvas",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=120, unique=True)),
                ("kind", models.SlugField(blank=True, max_length=60)),
                ("title", ietvars.ground.terms.models.LanguageMapField(blank=True, default=dict)),
                ("about", ietvars.ground.terms.models.LanguageMapField(blank=True, default=dict)),
                (
                    "for_services",
                    ietvars.ground.terms.models.LanguageMapField(
                        blank=True, default=dict, help_text="examples of services made from it"
                    ),
                ),
                ("is_shipped", models.BooleanField(default=False, help_text="came with the product")),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="PublishedVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveIntegerField(help_text="1 for the first thing that was published of the service"),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[("published", "Published"), ("withdrawn", "Withdrawn"), ("retired", "Retired")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("description", models.JSONField(default=dict, help_text="path of each part to its value")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="historicalservice",
            name="responsible",
            field=models.CharField(blank=True, help_text="username of the owner who looks after it", max_length=150),
        ),
        migrations.AddField(
            model_name="historicalservice",
            name="review_months",
            field=models.PositiveSmallIntegerField(default=12, help_text="the owner's review rhythm, 1 to 16 months"),
        ),
        migrations.AddField(
            model_name="service",
            name="responsible",
            field=models.CharField(blank=True, help_text="username of the owner who looks after it", max_length=150),
        ),
        migrations.AddField(
            model_name="service",
            name="review_months",
            field=models.PositiveSmallIntegerField(default=12, help_text="the owner's review rhythm, 1 to 16 months"),
        ),
        migrations.AlterField(
            model_name="historicalservice",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("published", "Published"),
                    ("withdrawn", "Withdrawn"),
                    ("retired", "Retired"),
                ],
                db_index=True,
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("published", "Published"),
                    ("withdrawn", "Withdrawn"),
                    ("retired", "Retired"),
                ],
                db_index=True,
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="staterow",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("published", "Published"),
                    ("withdrawn", "Withdrawn"),
                    ("retired", "Retired"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="CanvasVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")], default="draft", max_length=10
                    ),
                ),
                ("parts", models.JSONField(default=list, help_text="parts in the form of canvases.rules.entry_of")),
                (
                    "note",
                    ietvars.ground.terms.models.LanguageMapField(
                        blank=True, default=dict, help_text="what is new in it"
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("published_by", models.CharField(blank=True, max_length=150)),
                ("edited_by", models.CharField(blank=True, max_length=150)),
                (
                    "canvas",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="institution.canvas"
                    ),
                ),
            ],
            options={
                "ordering": ["canvas", "-number"],
            },
        ),
        migrations.AddField(
            model_name="historicalservice",
            name="canvas_version",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="the exact version of the canvas that this description was made from",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="institution.canvasversion",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="canvas_version",
            field=models.ForeignKey(
                blank=True,
                help_text="the exact version of the canvas that this description was made from",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="institution.canvasversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("review_months__gte", 1), ("review_months__lte", 16)),
                name="review_rhythm_is_1_to_16_months",
            ),
        ),
        migrations.AddField(
            model_name="publishedversion",
            name="canvas_version",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.canvasversion"
            ),
        ),
        migrations.AddField(
            model_name="publishedversion",
            name="holder",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ground.body"),
        ),
        migrations.AddField(
            model_name="publishedversion",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="published_versions", to="institution.service"
            ),
        ),
        migrations.AddConstraint(
            model_name="canvasversion",
            constraint=models.UniqueConstraint(fields=("canvas", "number"), name="canvas_version_once"),
        ),
        migrations.AddConstraint(
            model_name="canvasversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("canvas",), name="one_draft_a_canvas"
            ),
        ),
        migrations.AddConstraint(
            model_name="canvasversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), ("published_at__isnull", False), _connector="OR"),
                name="published_canvas_version_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedversion",
            constraint=models.UniqueConstraint(fields=("service", "number"), name="version_once_a_service"),
        ),
    ]
