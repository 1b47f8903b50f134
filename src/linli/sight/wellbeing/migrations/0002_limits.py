"""An index lies inside its interval."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wellbeing', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='indexrow',
            constraint=models.CheckConstraint(condition=models.Q(('high_ppm__gte', models.F('low_ppm')), ('high_ppm__lte', 1000000), ('known_ppm__range', (0, 1000000)), ('low_ppm__gte', 0)), name='index_interval'),
        ),
        migrations.AddConstraint(
            model_name='indexrow',
            constraint=models.CheckConstraint(condition=models.Q(('value_ppm', None), models.Q(('value_ppm__gte', models.F('low_ppm')), ('value_ppm__lte', models.F('high_ppm'))), _connector='OR'), name='index_inside'),
        ),
    ]
