"""Pages that were there before versions get their present text as version 1."""

from django.db import migrations

FIELDS = ("title", "nav_title", "summary", "section", "order", "body", "related")


def give_first_versions(apps, schema_editor):
    Page, Version = apps.get_model("pages", "Page"), apps.get_model("pages", "Version")
    Version.objects.bulk_create(
        Version(
            page=page,
            number=1,
            note="The text as it stood when versions began.",
            made_at=page.updated_at,
            state="published" if page.published else "draft",
            published_at=page.updated_at if page.published else None,
            **{name: getattr(page, name) for name in FIELDS},
        )
        for page in Page.objects.filter(versions=None)
    )


class Migration(migrations.Migration):

    dependencies = [
        ("pages", "0003_versions"),
    ]

    operations = [
        migrations.RunPython(give_first_versions, migrations.RunPython.noop),
    ]
