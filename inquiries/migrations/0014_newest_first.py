"""Newest first, in the tabs of what waits for somebody: read from an index instead of sorted anew for each page."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0013_access_once_on_every_server'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(models.OrderBy(models.F('pinned'), descending=True), models.OrderBy(models.F('received_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ['new', 'open'])), name='inquiry_waits_newest_first'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(models.F('status'), models.OrderBy(models.F('pinned'), descending=True), models.OrderBy(models.F('received_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ['waiting', 'quarantined'])), name='inquiry_aside_newest_first'),
        ),
    ]
