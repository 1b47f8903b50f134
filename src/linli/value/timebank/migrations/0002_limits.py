"""The minutes of a visit come from the receiver or the pool, never from the helper; what was posted says how much."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('timebank', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='visitpart',
            constraint=models.CheckConstraint(condition=models.Q(('credit__in', ['helper', 'receiver', 'pool']), ('debit__in', ['helper', 'receiver', 'pool']), models.Q(('debit', models.F('credit')), _negated=True), models.Q(('debit', 'helper'), _negated=True)), name='timebank_part_sides'),
        ),
        migrations.AddConstraint(
            model_name='visitpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('posted_minutes__isnull', True), ('transfer__isnull', True)), models.Q(('posted_minutes__isnull', False), ('transfer__isnull', False)), _connector='OR'), name='timebank_part_said'),
        ),
    ]
