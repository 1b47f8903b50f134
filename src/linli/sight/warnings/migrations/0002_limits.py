"""A warning keeps the figures that opened it."""

from django.db import migrations, models

WARNINGS_WARNINGFLIP_STAYS = """
CREATE FUNCTION warnings_warningflip_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flip is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER warnings_warningflip_stays BEFORE UPDATE OR DELETE ON warnings_warningflip FOR EACH ROW EXECUTE FUNCTION warnings_warningflip_stays();
"""

WARNINGS_WARNING_SAME = """
CREATE FUNCTION warnings_warning_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.place_code, NEW.level, NEW.dimension, NEW.value_ppm, NEW.low_ppm, NEW.high_ppm, NEW.n, NEW.bar_ppm, NEW.opened_at, NEW.plan_due_at) IS NOT DISTINCT FROM (OLD.place_code, OLD.level, OLD.dimension, OLD.value_ppm, OLD.low_ppm, OLD.high_ppm, OLD.n, OLD.bar_ppm, OLD.opened_at, OLD.plan_due_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the figures that opened a warning, and its clock, do not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER warnings_warning_same BEFORE UPDATE OR DELETE ON warnings_warning FOR EACH ROW EXECUTE FUNCTION warnings_warning_same();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('warnings', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['blue', 'yellow', 'red'])), name='warning_level'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(('high_ppm__gte', models.F('value_ppm')), ('high_ppm__lte', 1000000), ('low_ppm__gte', 0), ('n__gt', 0), ('value_ppm__gte', models.F('low_ppm'))), name='warning_figures'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(('bar_ppm__lte', 1000000), ('value_ppm__lt', models.F('bar_ppm'))), name='warning_under_bar'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('plan', ''), ('planned_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('planned_at__isnull', False), models.Q(('plan', ''), _negated=True)), _connector='OR'), name='warning_planned'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('findings', ''), _negated=True)), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='warning_closed'),
        ),
        migrations.RunSQL(WARNINGS_WARNINGFLIP_STAYS, "DROP FUNCTION warnings_warningflip_stays CASCADE"),
        migrations.RunSQL(WARNINGS_WARNING_SAME, "DROP FUNCTION warnings_warning_same CASCADE"),
    ]
