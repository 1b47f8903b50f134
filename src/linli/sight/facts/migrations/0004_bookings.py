"""Bookings of things and rooms that ended are facts too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0003_widen'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '60s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='fact',
            name='fact_kind',
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['need_asked', 'need_answered', 'care_answered', 'need_ended', 'need_handled', 'need_withdrawn', 'need_referred', 'need_reopened', 'need_escalated', 'need_dispatched', 'objection_made', 'objection_settled', 'offer_ended', 'visit_booked', 'checked_in', 'confirmed', 'visit_done', 'no_show', 'visit_cancelled', 'visit_disputed', 'visit_settled', 'visit_corrected', 'took_part', 'helper_joined', 'certified', 'booking_ended', 'hours_held', 'hours_posted', 'hours_honour', 'hours_returned', 'hours_corrected', 'hours_seeded', 'rated', 'rectify_opened', 'rectify_ended', 'rectify_rejected', 'consent_granted', 'consent_withdrawn', 'looked', 'evidenced', 'sign_lag', 'warning_opened', 'warning_planned', 'warning_closed', 'stock'])), name='fact_kind'),
        ),
    ]
