from django.db import migrations

from clinic.staff import roles


class Migration(migrations.Migration):
    """Makes the groups that a new clinic can give to its people."""

    dependencies = [
        ("staff", "0002_away"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # On the way back the groups stay: people have them.
    operations = [migrations.RunPython(lambda apps, schema_editor: roles.make(), migrations.RunPython.noop)]
