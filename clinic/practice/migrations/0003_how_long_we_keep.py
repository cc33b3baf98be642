"""How long what patients write is kept."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('practice', '0002_example_practice'),
    ]

    operations = [
        migrations.AddField(
            model_name='practice',
            name='keep_closed_months',
            field=models.PositiveSmallIntegerField(blank=True, default=24, help_text='From the day each was closed last. Ask a lawyer what your state asks of a clinic’s records. Empty: for ever.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='keep closed inquiries for (months)'),
        ),
        migrations.AddField(
            model_name='practice',
            name='keep_quarantined_days',
            field=models.PositiveSmallIntegerField(blank=True, default=30, help_text='From the day it came, unless somebody moves it to the desk. Empty: for ever.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='keep suspected spam for (days)'),
        ),
        migrations.AddField(
            model_name='practice',
            name='keep_unanswered_months',
            field=models.PositiveSmallIntegerField(blank=True, default=24, help_text='From the day on which anything happened to each last. Crises and emergencies stay until somebody closes them. Empty: for ever.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='keep inquiries that nobody closed for (months)'),
        ),
        migrations.AddConstraint(
            model_name='practice',
            constraint=models.CheckConstraint(condition=models.Q(('keep_quarantined_days', None), ('keep_quarantined_days__range', (1, 3650)), _connector='OR'), name='practice_keeps_suspected_spam_for_a_day_or_more'),
        ),
        migrations.AddConstraint(
            model_name='practice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('keep_closed_months', None), ('keep_closed_months__range', (1, 600)), _connector='OR'), models.Q(('keep_unanswered_months', None), ('keep_unanswered_months__range', (1, 600)), _connector='OR')), name='practice_keeps_inquiries_for_a_month_or_more'),
        ),
    ]
