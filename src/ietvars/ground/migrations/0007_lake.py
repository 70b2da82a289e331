from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ground", "0006_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="LakeState",
            fields=[
                ("dataset", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("generation", models.PositiveBigIntegerField(default=0)),
                (
                    "watermark",
                    models.PositiveBigIntegerField(
                        default=0, help_text="seq of the inbox up to which everything is in it"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "facts",
                    models.JSONField(
                        default=dict, help_text="what its maker noted: version of the formula, what it noticed"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LakePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dataset", models.SlugField(max_length=40)),
                ("cohort", models.PositiveIntegerField(help_text="yyyymm")),
                ("bucket", models.PositiveSmallIntegerField(default=0)),
                ("path", models.CharField(help_text="relative to the lake", max_length=250, unique=True)),
                ("rows", models.PositiveBigIntegerField()),
                ("bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("first_seq", models.PositiveBigIntegerField(help_text="lowest seq that went into it")),
                ("last_seq", models.PositiveBigIntegerField()),
                ("since", models.PositiveBigIntegerField(help_text="generation that first counted it")),
                ("until", models.PositiveBigIntegerField(help_text="generation that no longer counts it", null=True)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["dataset", "until", "cohort"], name="ground_lake_dataset_276c41_idx"),
                    models.Index(fields=["retired_at"], name="ground_lake_retired_5f9feb_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                        name="lake_part_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_at__isnull", True), ("until__isnull", True)),
                            models.Q(("retired_at__isnull", False), ("until__isnull", False)),
                            _connector="OR",
                        ),
                        name="lake_part_has_ended_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_seq__gte", models.F("first_seq"))),
                        name="lake_part_has_its_seqs_in_order",
                    ),
                ],
            },
        ),
    ]
