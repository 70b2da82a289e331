from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("institution", "0010_cases")]

    operations = []
