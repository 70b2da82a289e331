from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institution", "0012_releases")]

    operations = [
        migrations.AddField(
            model_name="figure",
            name="counted",
            field=models.CharField(
                blank=True, help_text="all or some: made of what was counted from events", max_length=4
            ),
        ),
        migrations.AddField(
            model_name="figure",
            name="scatter",
            field=models.FloatField(help_text="variance between days as a multiple of chance, where known", null=True),
        ),
        migrations.AddField(
            model_name="measurement",
            name="scatter",
            field=models.FloatField(help_text="variance between days as a multiple of chance, where known", null=True),
        ),
        migrations.AlterField(
            model_name="edition",
            name="source",
            field=models.SlugField(help_text="inventory, register, round or deliveries", max_length=60),
        ),
    ]
