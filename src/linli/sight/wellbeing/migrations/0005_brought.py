"""Stars say how many of the ratings under them were carried in from elsewhere."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wellbeing', '0004_stars'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '20s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name='stargrade',
            name='brought',
            field=models.IntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='stargrade',
            constraint=models.CheckConstraint(condition=models.Q(('brought', None), models.Q(('brought__gte', 0), ('brought__lte', models.F('n'))), _connector='OR'), name='star_grade_brought'),
        ),
    ]
