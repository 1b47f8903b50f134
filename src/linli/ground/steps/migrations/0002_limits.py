"""An answered key keeps its answer for ever."""

from django.db import migrations, models

STEPS_REPLAY_SAME = """
CREATE FUNCTION steps_replay_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.answer IS NULL AND (NEW.key, NEW.actor_ref, NEW.action, NEW.inputs_hash, NEW.recorded_at)
        IS NOT DISTINCT FROM (OLD.key, OLD.actor_ref, OLD.action, OLD.inputs_hash, OLD.recorded_at)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an answered key keeps its answer' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER steps_replay_same BEFORE UPDATE OR DELETE ON steps_replay FOR EACH ROW EXECUTE FUNCTION steps_replay_same();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('steps', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='outbox',
            constraint=models.CheckConstraint(condition=models.Q(('done_at', None), ('failed_at', None), _connector='OR'), name='outbox_one_end'),
        ),
        migrations.RunSQL(STEPS_REPLAY_SAME, "DROP FUNCTION steps_replay_same CASCADE"),
    ]
