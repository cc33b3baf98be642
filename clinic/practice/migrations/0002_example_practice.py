"""The one row, with example facts: every page shows the practice, so it must exist before the first request."""

from django.db import migrations


def add_example(apps, schema_editor):
    apps.get_model("practice", "Practice").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_initial")]

    operations = [migrations.RunPython(add_example, migrations.RunPython.noop)]
