"""Nobody confirms alone, minutes have bounds, a flip is never changed, a visit stays between the same people."""

from django.db import migrations, models

VISITS_VISITFLIP_STAYS = """
CREATE FUNCTION visits_visitflip_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flip is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER visits_visitflip_stays BEFORE UPDATE OR DELETE ON visits_visitflip FOR EACH ROW EXECUTE FUNCTION visits_visitflip_stays();
"""

VISITS_VISIT_SAME = """
CREATE FUNCTION visits_visit_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.need, NEW.offer_id, NEW.resident, NEW.helper, NEW.service, NEW.place_code, NEW.booked_at, NEW.seed) IS NOT DISTINCT FROM (OLD.need, OLD.offer_id, OLD.resident, OLD.helper, OLD.service, OLD.place_code, OLD.booked_at, OLD.seed) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'whom a visit is between does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER visits_visit_same BEFORE UPDATE OR DELETE ON visits_visit FOR EACH ROW EXECUTE FUNCTION visits_visit_same();
"""

VISITS_OFFER_SAME = """
CREATE FUNCTION visits_offer_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.need, NEW.helper, NEW.resident, NEW.service, NEW.place_code, NEW.made_at, NEW.reasons, NEW.cost) IS NOT DISTINCT FROM (OLD.need, OLD.helper, OLD.resident, OLD.service, OLD.place_code, OLD.made_at, OLD.reasons, OLD.cost) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was offered to whom does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER visits_offer_same BEFORE UPDATE OR DELETE ON visits_offer FOR EACH ROW EXECUTE FUNCTION visits_offer_same();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('resident', None), models.Q(('resident', models.F('helper')), _negated=True), _connector='OR'), name='offer_two_people'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('minutes_estimated__range', (1, 1440))), name='offer_minutes'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='offer_lives'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('state', 'made')), models.Q(('state', 'made'), _negated=True), _connector='OR'), name='offer_answered'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('minutes_estimated__range', (1, 1440)), models.Q(('helper_minutes', None), ('helper_minutes__range', (1, 1440)), _connector='OR'), models.Q(('resident_minutes', None), ('resident_minutes__range', (1, 1440)), _connector='OR'), models.Q(('minutes_final', None), ('minutes_final__range', (0, 1440)), _connector='OR')), name='visit_minutes'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('check_in_way__in', ['', 'code']), models.Q(('called_back_at__isnull', False), ('check_in_way', 'paper')), _connector='OR'), name='visit_check_in_way'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resident_minutes', None), ('resident_way', '')), models.Q(('resident_minutes__isnull', False), ('resident_way__in', ['self', 'guardian', 'call_back'])), _connector='OR'), name='visit_resident_way'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(('helper_minutes__isnull', False), ('resident_minutes__isnull', False)), _connector='OR'), name='visit_both_said'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('resident_by', None), models.Q(('resident_by', models.F('helper')), _negated=True), _connector='OR'), name='visit_not_by_helper'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['checked_in', 'checked_out', 'confirmed']), _negated=True), ('checked_in_at__isnull', False), _connector='OR'), name='visit_was_there'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['checked_out', 'confirmed']), _negated=True), models.Q(('checked_out_at__gte', models.F('checked_in_at')), ('checked_out_at__isnull', False)), _connector='OR'), name='visit_was_left'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('minutes_final__isnull', False), ('state__in', ['confirmed', 'settled', 'corrected'])), models.Q(models.Q(('state__in', ['confirmed', 'settled', 'corrected']), _negated=True), ('done_at', None), ('minutes_final', None)), _connector='OR'), name='visit_done'),
        ),
        migrations.RunSQL(VISITS_VISITFLIP_STAYS, "DROP FUNCTION visits_visitflip_stays CASCADE"),
        migrations.RunSQL(VISITS_VISIT_SAME, "DROP FUNCTION visits_visit_same CASCADE"),
        migrations.RunSQL(VISITS_OFFER_SAME, "DROP FUNCTION visits_offer_same CASCADE"),
    ]
