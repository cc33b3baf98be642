import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='inquiry',
            name='suspicions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, db_default=[], default=list, help_text='Why it was taken for spam, when it was: names of signals in spam.py.', size=None),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='likeness',
            field=models.UUIDField(help_text='A keyed digest of contact and text: the same words from the same person have the same one.', null=True),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(models.F('likeness'), models.F('received_at'), name='inquiry_by_likeness'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'quarantined'), _negated=True), ('urgency', 'routine'), _connector='OR'), name='inquiry_in_quarantine_is_routine'),
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('slot', models.IntegerField(help_text='What is counted; see spam.py.', primary_key=True, serialize=False)),
                ('during', models.BigIntegerField(help_text='The period, counted from 1970. A new one starts from zero.')),
                ('counted', models.BigIntegerField()),
                ('last_key', models.UUIDField(help_text='The submission counted last, so that a double click counts once.')),
            ],
            options={
                'verbose_name_plural': 'tallies',
            },
        ),
        # Counting must not wait for the disk; after a crash it starts from zero, which is harmless.
        migrations.RunSQL(
            'ALTER TABLE inquiries_tally SET UNLOGGED',
            reverse_sql='ALTER TABLE inquiries_tally SET LOGGED',
        ),
    ]
