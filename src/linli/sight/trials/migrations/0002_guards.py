"""What was asked and what came out stay as they were."""

from django.db import migrations

TRIALS_TRIALRUN_STAYS = """
CREATE FUNCTION trials_trialrun_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a run is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER trials_trialrun_stays BEFORE UPDATE OR DELETE ON trials_trialrun FOR EACH ROW EXECUTE FUNCTION trials_trialrun_stays();
"""

TRIALS_TRIAL_SAME = """
CREATE FUNCTION trials_trial_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND (NEW.place_code, NEW.policy_on, NEW.rules, NEW.changes, NEW.days, NEW.seeds, NEW.size, NEW.inputs_digest, NEW.asked_by, NEW.asked_at) IS NOT DISTINCT FROM (OLD.place_code, OLD.policy_on, OLD.rules, OLD.changes, OLD.days, OLD.seeds, OLD.size, OLD.inputs_digest, OLD.asked_by, OLD.asked_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what a trial compares does not change, nor how it ended' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER trials_trial_same BEFORE UPDATE OR DELETE ON trials_trial FOR EACH ROW EXECUTE FUNCTION trials_trial_same();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('trials', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(TRIALS_TRIALRUN_STAYS, "DROP FUNCTION trials_trialrun_stays CASCADE"),
        migrations.RunSQL(TRIALS_TRIAL_SAME, "DROP FUNCTION trials_trial_same CASCADE"),
    ]
