"""Quarters and their verdicts, four levels, proof and call-back. Cases of the first method stay as they were, with reason `index`."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = "place_code, level, dimension, value_ppm, low_ppm, high_ppm, n, bar_ppm, opened_at, plan_due_at"
MORE = ", reason, quarter, quarters, came_from_id, grave, grounds"
ROUND = "proof, file_hash, shown_by, shown_at"
DRAWN = "drawn_at, checkpoint_size, checkpoint_root"


def _row(of: str, names: str) -> str:
    return ", ".join(f"{of}.{name.strip()}" for name in names.split(","))


def _same(names: str) -> str:
    return f"({_row('NEW', names)}) IS NOT DISTINCT FROM ({_row('OLD', names)})"


WARNINGS_WARNING_SAME = f"""
CREATE OR REPLACE FUNCTION warnings_warning_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND {_same(KEPT + MORE)} THEN
        IF OLD.state IN ('closed', 'risen') THEN
            RAISE EXCEPTION 'an ended case does not change' USING ERRCODE = 'restrict_violation';
        ELSIF OLD.shown_at IS NOT NULL AND NOT {_same(ROUND)} OR OLD.drawn_at IS NOT NULL AND NOT {_same(DRAWN)} THEN
            RAISE EXCEPTION 'proof and draw do not change' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the figures that opened a warning, and its clock, do not change' USING ERRCODE = 'restrict_violation';
END $$;
"""
WARNINGS_WARNING_SAME_BEFORE = f"""
CREATE OR REPLACE FUNCTION warnings_warning_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND {_same(KEPT)} THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the figures that opened a warning, and its clock, do not change' USING ERRCODE = 'restrict_violation';
END $$;
"""
WARNINGS_QUARTERS_STAY = """
CREATE FUNCTION warnings_quarter_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a quarter held, as it was known, is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER warnings_carriedquarter_stays BEFORE UPDATE OR DELETE ON warnings_carriedquarter FOR EACH ROW EXECUTE FUNCTION warnings_quarter_stays();
CREATE TRIGGER warnings_judgement_stays BEFORE UPDATE OR DELETE ON warnings_judgement FOR EACH ROW EXECUTE FUNCTION warnings_quarter_stays();
"""
WARNINGS_CALLBACK_SAME = """
CREATE FUNCTION warnings_callback_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.warning_id, NEW.number, NEW.person) = (OLD.warning_id, OLD.number, OLD.person)
        AND OLD.result IN ('', 'unreached') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'who was drawn, and what they said, does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER warnings_callback_same BEFORE UPDATE OR DELETE ON warnings_callback FOR EACH ROW EXECUTE FUNCTION warnings_callback_same();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('warnings', '0002_limits'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='CallBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('person', models.UUIDField()),
                ('result', models.CharField(default='', max_length=10)),
                ('note', models.CharField(default='', max_length=300)),
                ('called_by', models.CharField(default='', max_length=60)),
                ('called_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CarriedQuarter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('quarter', models.DateField()),
                ('hits', models.IntegerField()),
                ('n', models.IntegerField()),
                ('source', models.CharField(max_length=200)),
                ('actor_ref', models.CharField(max_length=60)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('quarter', models.DateField()),
                ('hits', models.IntegerField()),
                ('n', models.IntegerField()),
                ('bar_ppm', models.IntegerField()),
                ('error_ppm', models.IntegerField()),
                ('evidence_milli', models.BigIntegerField()),
                ('level', models.CharField(default='', max_length=8)),
                ('reason', models.CharField(default='', max_length=10)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='warning',
            name='warning_one_open',
        ),
        migrations.RemoveConstraint(
            model_name='warning',
            name='warning_state',
        ),
        migrations.RemoveConstraint(
            model_name='warning',
            name='warning_level',
        ),
        migrations.RemoveConstraint(
            model_name='warning',
            name='warning_figures',
        ),
        migrations.RemoveConstraint(
            model_name='warning',
            name='warning_under_bar',
        ),
        migrations.RemoveConstraint(
            model_name='warning',
            name='warning_planned',
        ),
        migrations.RemoveConstraint(
            model_name='warning',
            name='warning_closed',
        ),
        migrations.AddField(
            model_name='warning',
            name='call_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='warning',
            name='came_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='went_to', to='warnings.warning'),
        ),
        migrations.AddField(
            model_name='warning',
            name='checkpoint_root',
            field=models.CharField(db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='warning',
            name='checkpoint_size',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='warning',
            name='drawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='warning',
            name='file_hash',
            field=models.CharField(db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='warning',
            name='grave',
            field=models.CharField(db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='warning',
            name='grounds',
            field=models.CharField(db_default='', default='', max_length=1000),
        ),
        migrations.AddField(
            model_name='warning',
            name='planned_by',
            field=models.CharField(db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='warning',
            name='proof',
            field=models.CharField(db_default='', default='', max_length=1000),
        ),
        migrations.AddField(
            model_name='warning',
            name='quarter',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='warning',
            name='quarters',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='warning',
            name='reason',
            field=models.CharField(db_default='index', default='index', max_length=10),
        ),
        migrations.AddField(
            model_name='warning',
            name='rectify_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='warning',
            name='reminded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='warning',
            name='shown_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='warning',
            name='shown_by',
            field=models.CharField(db_default='', default='', max_length=60),
        ),
        migrations.AlterField(
            model_name='warning',
            name='high_ppm',
            field=models.IntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='warning',
            name='low_ppm',
            field=models.IntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='warning',
            name='value_ppm',
            field=models.IntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name='warning',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['plan_due_at'], name='warning_plan_due'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['closed', 'risen']), _negated=True), fields=('place_code', 'level', 'dimension'), name='warning_one_open'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.UniqueConstraint(condition=models.Q(('reason__in', ['interval', 'persists', 'running', 'years'])), fields=('place_code', 'level', 'dimension', 'quarter'), name='warning_once_a_quarter'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'planned', 'shown', 'calling', 'closed', 'risen'])), name='warning_state'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['blue', 'yellow', 'red', 'card'])), name='warning_level'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['index', 'interval', 'persists', 'running', 'years', 'grave', 'overdue', 'false'])), name='warning_reason'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('high_ppm', None), ('low_ppm', None), ('n', 0), ('value_ppm', None)), models.Q(('high_ppm__gte', models.F('value_ppm')), ('high_ppm__lte', 1000000), ('low_ppm__gte', 0), ('n__gt', 0), ('value_ppm__gte', models.F('low_ppm'))), _connector='OR'), name='warning_figures'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(('bar_ppm__lte', 1000000), models.Q(('value_ppm', None), ('value_ppm__lt', models.F('bar_ppm')), _connector='OR')), name='warning_under_bar'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dimension', 'grave'), models.Q(('grave', ''), _negated=True), models.Q(('grounds', ''), _negated=True)), models.Q(models.Q(('dimension', 'grave'), _negated=True), ('grave', ''), ('value_ppm__isnull', False)), _connector='OR'), name='warning_grave'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('came_from__isnull', False), ('reason__in', ['overdue', 'false'])), models.Q(models.Q(('reason__in', ['overdue', 'false']), _negated=True), ('came_from', None)), _connector='OR'), name='warning_came_from'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('plan', ''), ('planned_at', None), ('state', 'open')), models.Q(('plan', ''), ('planned_at', None), ('state', 'risen')), models.Q(models.Q(('state', 'open'), _negated=True), ('planned_at__isnull', False), models.Q(('plan', ''), _negated=True)), _connector='OR'), name='warning_planned'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ['closed', 'risen']), models.Q(('state', 'risen'), models.Q(('findings', ''), _negated=True), _connector='OR')), models.Q(models.Q(('state__in', ['closed', 'risen']), _negated=True), ('closed_at', None)), _connector='OR'), name='warning_closed'),
        ),
        migrations.AddConstraint(
            model_name='warning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checkpoint_root', ''), ('checkpoint_size', None), ('drawn_at__isnull', True), ('planned_at__isnull', False), ('shown_at__isnull', False), models.Q(('proof', ''), _negated=True), models.Q(('shown_by', ''), _negated=True), ('state__in', ['shown', 'risen'])), models.Q(('call_due_at__isnull', False), ('checkpoint_size__isnull', False), ('drawn_at__isnull', False), ('planned_at__isnull', False), ('shown_at__isnull', False), models.Q(('proof', ''), _negated=True), models.Q(('shown_by', ''), _negated=True), models.Q(('checkpoint_root', ''), _negated=True), ('state__in', ['calling', 'closed', 'risen'])), models.Q(('checkpoint_root', ''), ('checkpoint_size', None), ('drawn_at', None), ('proof', ''), ('shown_at', None), ('shown_by', ''), models.Q(('state__in', ['open', 'planned', 'risen']), models.Q(('reason', 'index'), ('state', 'closed')), _connector='OR')), _connector='OR'), name='warning_proved'),
        ),
        migrations.AddField(
            model_name='callback',
            name='warning',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='warnings.warning'),
        ),
        migrations.AddConstraint(
            model_name='carriedquarter',
            constraint=models.UniqueConstraint(fields=('place_code', 'quarter'), name='carried_once'),
        ),
        migrations.AddConstraint(
            model_name='carriedquarter',
            constraint=models.CheckConstraint(condition=models.Q(('hits__gte', 0), ('n__gt', 0), ('n__gte', models.F('hits'))), name='carried_figures'),
        ),
        migrations.AddConstraint(
            model_name='carriedquarter',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='carried_source'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.UniqueConstraint(fields=('place_code', 'quarter', 'recorded_at'), name='judgement_once'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('hits__gte', 0), ('n__gte', models.F('hits'))), name='judgement_figures'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.CheckConstraint(condition=models.Q(('n__gt', 0), ('level', ''), ('level', 'card'), _connector='OR'), name='judgement_empty'),
        ),
        migrations.AddConstraint(
            model_name='callback',
            constraint=models.UniqueConstraint(fields=('warning', 'number'), name='call_back_number'),
        ),
        migrations.AddConstraint(
            model_name='callback',
            constraint=models.UniqueConstraint(fields=('warning', 'person'), name='call_back_person'),
        ),
        migrations.AddConstraint(
            model_name='callback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('called_at', None), ('called_by', ''), ('result', '')), models.Q(('called_at__isnull', False), ('result__in', ['fixed', 'not_fixed', 'unreached']), models.Q(('called_by', ''), _negated=True)), _connector='OR'), name='call_back_result'),
        ),
        migrations.RunSQL(WARNINGS_WARNING_SAME, WARNINGS_WARNING_SAME_BEFORE),
        migrations.RunSQL(WARNINGS_QUARTERS_STAY, "DROP FUNCTION warnings_quarter_stays CASCADE"),
        migrations.RunSQL(WARNINGS_CALLBACK_SAME, "DROP FUNCTION warnings_callback_same CASCADE"),
    ]
