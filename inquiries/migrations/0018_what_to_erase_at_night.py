"""An index for the worker's look-up at night: which inquiries have been closed for too long?"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0017_reply_drafts")]

    operations = [
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                models.F("closed_at"),
                condition=models.Q(("erased_at__isnull", True), ("status", "done")),
                name="inquiry_to_erase",
            ),
        ),
    ]
