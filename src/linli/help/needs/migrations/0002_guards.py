"""What no program may do, whoever it is: change a flip, bring a deadline nearer, restart a clock that ended."""

from django.db import migrations

FLIPS = """
CREATE FUNCTION needs_flip_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flip is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER needs_flip_stays BEFORE UPDATE OR DELETE ON needs_needflip FOR EACH ROW EXECUTE FUNCTION needs_flip_stays();
"""

CLOCKS = """
CREATE FUNCTION needs_clock_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a clock is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.fired_at IS NOT NULL OR OLD.stopped_at IS NOT NULL THEN
        RAISE EXCEPTION 'a clock that ended stays ended' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.due_at < OLD.due_at THEN
        RAISE EXCEPTION 'a deadline never comes nearer' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.need_id, NEW.kind, NEW.level, NEW.started_at) IS DISTINCT FROM (OLD.need_id, OLD.kind, OLD.level, OLD.started_at) THEN
        RAISE EXCEPTION 'what a clock watches does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER needs_clock_guard BEFORE UPDATE OR DELETE ON needs_clock FOR EACH ROW EXECUTE FUNCTION needs_clock_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial")]
    operations = [
        migrations.RunSQL(FLIPS, "DROP FUNCTION needs_flip_stays CASCADE"),
        migrations.RunSQL(CLOCKS, "DROP FUNCTION needs_clock_guard CASCADE"),
    ]
