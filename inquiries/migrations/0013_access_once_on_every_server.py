"""One row of the access log in five minutes, by an index that PostgreSQL 14 can make, too.

There the constraint that this replaces was never made: it needs NULLS NOT DISTINCT, which came with 15.
"""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0012_starter_answers'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='access',
            name='access_is_one_row_in_five_minutes',
        ),
        migrations.AddConstraint(
            model_name='access',
            constraint=models.UniqueConstraint(models.F('person'), models.F('deed'), django.db.models.functions.comparison.Coalesce('inquiry_id', 0), models.F('place'), models.F('reason'), models.F('period'), name='access_is_one_row_in_five_minutes'),
        ),
    ]
