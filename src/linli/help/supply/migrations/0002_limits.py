"""A helper can do something, stands on Earth, and is not certified by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supply', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='blockedpair',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('other')), _negated=True), name='blocked_two'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('care', 'first_aid', 'electrician', 'teacher'))), name='certificate_kind'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', models.F('helper')), _negated=True), name='certificate_by_another'),
        ),
        migrations.AddConstraint(
            model_name='helper',
            constraint=models.CheckConstraint(condition=models.Q(('skills__len__gt', 0)), name='helper_has_skill'),
        ),
        migrations.AddConstraint(
            model_name='helper',
            constraint=models.CheckConstraint(condition=models.Q(('sex__in', ['', 'f', 'm'])), name='helper_sex'),
        ),
        migrations.AddConstraint(
            model_name='helper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat_micro', None), ('lon_micro', None)), models.Q(('lat_micro__isnull', False), ('lat_micro__range', (-90000000, 90000000)), ('lon_micro__isnull', False), ('lon_micro__range', (-180000000, 180000000))), _connector='OR'), name='helper_point'),
        ),
    ]
