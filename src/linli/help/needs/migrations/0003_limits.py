"""A need stays the one that was asked, its first receiver keeps the duty; a settled objection stays settled."""

from django.db import migrations, models

NEEDS_NEED_SAME = """
CREATE FUNCTION needs_need_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.serial, NEW.number, NEW.service, NEW.place_code, NEW.community_code, NEW.asker, NEW.sheet_id, NEW.entered_by, NEW.channel, NEW.first_receiver, NEW.occurred_at, NEW.recorded_at) IS NOT DISTINCT FROM (OLD.serial, OLD.number, OLD.service, OLD.place_code, OLD.community_code, OLD.asker, OLD.sheet_id, OLD.entered_by, OLD.channel, OLD.first_receiver, OLD.occurred_at, OLD.recorded_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was asked, and who received it first, does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER needs_need_same BEFORE UPDATE OR DELETE ON needs_need FOR EACH ROW EXECUTE FUNCTION needs_need_same();
"""

NEEDS_OBJECTION_SAME = """
CREATE FUNCTION needs_objection_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.settled_at IS NULL AND (NEW.need_id, NEW.place_code, NEW.reason, NEW.made_at)
        IS NOT DISTINCT FROM (OLD.need_id, OLD.place_code, OLD.reason, OLD.made_at)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an objection is settled once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER needs_objection_same BEFORE UPDATE OR DELETE ON needs_objection FOR EACH ROW EXECUTE FUNCTION needs_objection_same();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('needs', '0002_guards'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='clock',
            constraint=models.CheckConstraint(condition=models.Q(('fired_at', None), ('paused_at', None), _connector='OR'), name='clock_paused_never_fires'),
        ),
        migrations.AddConstraint(
            model_name='need',
            constraint=models.CheckConstraint(condition=models.Q(('sex_of_asker__in', ['', 'f', 'm'])), name='need_sex'),
        ),
        migrations.RunSQL(NEEDS_NEED_SAME, "DROP FUNCTION needs_need_same CASCADE"),
        migrations.RunSQL(NEEDS_OBJECTION_SAME, "DROP FUNCTION needs_objection_same CASCADE"),
    ]
