"""Looks are written once; a consent is withdrawn, never taken out of the book; what can not be true is refused."""

from django.db import migrations, models

PEOPLE_LOOK_STAYS = """
CREATE FUNCTION people_look_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a look that was logged stays logged' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_look_stays BEFORE UPDATE OR DELETE ON people_look FOR EACH ROW EXECUTE FUNCTION people_look_stays();
"""

PEOPLE_CONSENT_SAME = """
CREATE FUNCTION people_consent_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.withdrawn_at IS NULL AND (NEW.person_id, NEW.data_class, NEW.audience, NEW.purpose, NEW.granted_at, NEW.until)
        IS NOT DISTINCT FROM (OLD.person_id, OLD.data_class, OLD.audience, OLD.purpose, OLD.granted_at, OLD.until)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a consent is withdrawn once, never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_consent_same BEFORE UPDATE OR DELETE ON people_consent FOR EACH ROW EXECUTE FUNCTION people_consent_same();
"""

PEOPLE_KEY_GONE = """
CREATE FUNCTION people_key_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.destroyed_at IS NULL AND (NEW.wrapped IS NULL OR NEW.wrapped = OLD.wrapped)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a destroyed key does not come back, a kept one is not exchanged' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_key_gone BEFORE UPDATE OR DELETE ON people_subjectkey FOR EACH ROW EXECUTE FUNCTION people_key_gone();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('data_class__in', ['name', 'phone', 'door', 'age', 'groups', 'words', 'helped'])), name='consent_class'),
        ),
        migrations.AddConstraint(
            model_name='grouprow',
            constraint=models.CheckConstraint(condition=models.Q(('group__in', ['alone', 'disabled', 'child', 'low_income']), models.Q(('grounds', ''), _negated=True)), name='group_known'),
        ),
        migrations.AddConstraint(
            model_name='grouprow',
            constraint=models.CheckConstraint(condition=models.Q(('helper', None), models.Q(('helper', models.F('person')), _negated=True), _connector='OR'), name='group_helper_other'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('role', '')), models.Q(('person', None), models.Q(('role', ''), _negated=True)), _connector='OR'), name='notice_to_one'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('phone_index', None), ('phone_sealed', None)), models.Q(('phone_index__isnull', False), ('phone_sealed__isnull', False)), _connector='OR'), name='person_phone'),
        ),
        migrations.AddConstraint(
            model_name='postrow',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['volunteer', 'grid_worker', 'worker', 'dispatcher', 'city', 'auditor', 'operator'])), name='post_role'),
        ),
        migrations.AddConstraint(
            model_name='subjectkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('destroyed_at', None), ('wrapped__isnull', False)), models.Q(('destroyed_at__isnull', False), ('wrapped', None)), _connector='OR'), name='key_kept_or_destroyed'),
        ),
        migrations.RunSQL(PEOPLE_LOOK_STAYS, "DROP FUNCTION people_look_stays CASCADE"),
        migrations.RunSQL(PEOPLE_CONSENT_SAME, "DROP FUNCTION people_consent_same CASCADE"),
        migrations.RunSQL(PEOPLE_KEY_GONE, "DROP FUNCTION people_key_gone CASCADE"),
    ]
