"""Months are kept under the codes of the registry of indicators, which they are counted by now."""

from django.db import migrations

CODES = (
    ("care_answered_in_time", "care_in_time"), ("met", "met_share"), ("satisfied", "satisfaction"), ("took_part", "participation"),
    ("groups_with_helper", "groups_covered"), ("visits", "visits_done"), ("given_minutes", "minutes_helped"),
    ("answer_minutes", "answer_median"), ("alone_answer_minutes", "alone_median"),
)  # fmt: skip
RENAMED = "UPDATE programme_actualrow SET indicator = %s WHERE indicator = %s"


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0002_guards'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '20s'", migrations.RunSQL.noop),
        migrations.RunSQL([(RENAMED, [new, old]) for old, new in CODES], [(RENAMED, [old, new]) for old, new in CODES]),
    ]
