"""Two adults go together: a visit each, in two seats; one alone waits, and none begins, ends or counts without the other."""

from django.db import migrations, models

VISITS_VISIT_SAME = """
CREATE OR REPLACE FUNCTION visits_visit_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.need, NEW.offer_id, NEW.resident, NEW.helper, NEW.service, NEW.place_code, NEW.booked_at, NEW.seed{more_new}) IS NOT DISTINCT FROM (OLD.need, OLD.offer_id, OLD.resident, OLD.helper, OLD.service, OLD.place_code, OLD.booked_at, OLD.seed{more_old}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'whom a visit is between does not change' USING ERRCODE = 'restrict_violation';
END $$;
"""

# Looked at when the transaction ends, since the two are written one after the other. Whoever goes alone costs nothing.
VISITS_TWO_GO = """
CREATE FUNCTION visits_two_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own visits_visit;
    other visits_visit;
BEGIN
    SELECT * INTO own FROM visits_visit WHERE id = NEW.id;
    IF own.state IN ('waiting', 'cancelled', 'no_show') THEN
        RETURN NULL;
    END IF;
    SELECT * INTO other FROM visits_visit
        WHERE together = own.together AND id <> own.id AND helper <> own.helper AND seat <> own.seat AND seed = own.seed
        AND need = own.need AND state NOT IN ('waiting', 'cancelled', 'no_show');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'one of two does not go alone' USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_two_go';
    END IF;
    IF own.checked_out_at IS NOT NULL AND other.checked_in_at IS NULL THEN
        RAISE EXCEPTION 'one of two was there alone' USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_two_go';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER visits_two_go AFTER INSERT OR UPDATE OF state ON visits_visit DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.together IS NOT NULL) EXECUTE FUNCTION visits_two_go();
"""

NO_DOUBLE_BOOKING = (
    "ALTER TABLE visits_visit DROP CONSTRAINT visit_no_double_booking; "
    "ALTER TABLE visits_visit ADD CONSTRAINT visit_no_double_booking EXCLUDE USING gist "
    "(helper WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (state IN ({states}))"
)
SEATED, ALONE = "'waiting', 'booked', 'checked_in'", "'booked', 'checked_in'"


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0002_limits'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '30s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='visit',
            name='visit_state',
        ),
        migrations.RemoveConstraint(
            model_name='visit',
            name='visit_one_live',
        ),
        migrations.AddField(
            model_name='offer',
            name='again_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='seat',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='visit',
            name='together',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='waits_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('together__isnull', False)), fields=['together'], name='visit_together'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['waits_until'], name='visit_waiting'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'booked', 'checked_in', 'checked_out', 'confirmed', 'disputed', 'settled', 'corrected', 'cancelled', 'no_show'])), name='visit_state'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'booked', 'checked_in', 'checked_out', 'disputed'])), fields=('need', 'seat'), name='visit_one_live'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'booked', 'checked_in', 'checked_out', 'disputed'])), fields=('need', 'helper'), name='visit_two_helpers'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('seat', 1), models.Q(('seat__range', (2, 2)), ('together__isnull', False)), _connector='OR'), name='visit_seat'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), ('together__isnull', False), ('waits_until__isnull', False)), models.Q(models.Q(('state', 'waiting'), _negated=True), ('waits_until', None)), _connector='OR'), name='visit_waits'),
        ),
        # Both seats: a helper who waits for the other is not to be had elsewhere.
        migrations.RunSQL(NO_DOUBLE_BOOKING.format(states=SEATED), NO_DOUBLE_BOOKING.format(states=ALONE)),
        migrations.RunSQL(
            VISITS_VISIT_SAME.replace("{more_new}", ", NEW.together, NEW.seat").replace("{more_old}", ", OLD.together, OLD.seat"),
            VISITS_VISIT_SAME.replace("{more_new}", "").replace("{more_old}", ""),
        ),
        migrations.RunSQL(VISITS_TWO_GO, "DROP FUNCTION visits_two_go CASCADE"),
    ]
