"""The addresses of patients' messages are no page's."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0004_first_versions'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='page',
            name='page_slug_is_not_taken_by_another_part_of_the_site',
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.CheckConstraint(condition=models.Q(('slug__in', ['admin', 'contact', 'healthz', 'm', 'readyz', 'static']), _negated=True), name='page_slug_is_not_taken_by_another_part_of_the_site', violation_error_message='Another part of the site has this address.'),
        ),
    ]
