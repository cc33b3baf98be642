"""A message to the patient that somebody has begun is kept beside the note that they have begun."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0016_erasure_and_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="draft", name="draft_is_one_per_person_and_inquiry"),
        migrations.AddField(
            model_name="draft",
            name="kind",
            field=models.CharField(
                choices=[("note", "Note"), ("reply", "Message to the patient")],
                db_default="note",
                default="note",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=["inquiry", "person", "kind"], name="draft_is_one_of_each_kind_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["note", "reply"])), name="draft_kind_is_known"
            ),
        ),
    ]
