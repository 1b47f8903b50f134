"""Stars: a year is graded, appealed against, decided, final."""

import django.db.models.deletion
from django.db import migrations, models

WELLBEING_STARS_STAY = """
CREATE FUNCTION wellbeing_stars_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF TG_TABLE_NAME = 'wellbeing_stargrade' AND to_jsonb(NEW) - 'holds' = to_jsonb(OLD) - 'holds'
            AND NOT EXISTS (SELECT FROM wellbeing_starrun r WHERE r.id = (to_jsonb(OLD) ->> 'run_id')::uuid AND r.final_at IS NOT NULL) THEN
            RETURN NEW;
        ELSIF TG_TABLE_NAME = 'wellbeing_starrun' AND to_jsonb(NEW) - 'final_at' = to_jsonb(OLD) - 'final_at'
            AND to_jsonb(OLD) ->> 'final_at' IS NULL THEN
            RETURN NEW;
        ELSIF TG_TABLE_NAME = 'wellbeing_starappeal' AND to_jsonb(OLD) ->> 'decided_at' IS NULL
            AND (to_jsonb(NEW) ->> 'grounds', to_jsonb(NEW) ->> 'made_by') = (to_jsonb(OLD) ->> 'grounds', to_jsonb(OLD) ->> 'made_by') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'stars stay as they were graded, appealed against and decided' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER wellbeing_starrun_stays BEFORE UPDATE OR DELETE ON wellbeing_starrun FOR EACH ROW EXECUTE FUNCTION wellbeing_stars_stay();
CREATE TRIGGER wellbeing_stargrade_stays BEFORE UPDATE OR DELETE ON wellbeing_stargrade FOR EACH ROW EXECUTE FUNCTION wellbeing_stars_stay();
CREATE TRIGGER wellbeing_starappeal_stays BEFORE UPDATE OR DELETE ON wellbeing_starappeal FOR EACH ROW EXECUTE FUNCTION wellbeing_stars_stay();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wellbeing', '0003_peers'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='StarRun',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('last_quarter', models.DateField()),
                ('graded_at', models.DateTimeField()),
                ('graded_by', models.CharField(max_length=60)),
                ('appeal_until', models.DateTimeField()),
                ('final_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('place_code', 'last_quarter'), name='star_run_once'), models.CheckConstraint(condition=models.Q(('appeal_until__gt', models.F('graded_at'))), name='star_run_window'), models.CheckConstraint(condition=models.Q(('final_at', None), ('final_at__gte', models.F('appeal_until')), _connector='OR'), name='star_run_final')],
            },
        ),
        migrations.CreateModel(
            name='StarGrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('hits', models.IntegerField()),
                ('n', models.IntegerField()),
                ('low_ppm', models.IntegerField()),
                ('value_ppm', models.IntegerField()),
                ('high_ppm', models.IntegerField()),
                ('stars', models.PositiveSmallIntegerField()),
                ('holds', models.PositiveSmallIntegerField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='wellbeing.starrun')),
            ],
        ),
        migrations.CreateModel(
            name='StarAppeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grounds', models.CharField(max_length=1000)),
                ('made_by', models.CharField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('upheld', models.BooleanField(null=True)),
                ('reason', models.CharField(default='', max_length=1000)),
                ('decided_by', models.CharField(default='', max_length=60)),
                ('decided_at', models.DateTimeField(null=True)),
                ('grade', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='wellbeing.stargrade')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('grounds', ''), _negated=True), name='star_appeal_grounds'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', ''), ('reason', ''), ('upheld', None)), models.Q(('decided_at__isnull', False), ('upheld__isnull', False), models.Q(('decided_by', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='star_appeal_decided'), models.CheckConstraint(condition=models.Q(('decided_by', ''), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='star_appeal_two_people')],
            },
        ),
        migrations.AddIndex(
            model_name='stargrade',
            index=models.Index(fields=['place_code'], name='star_grade_place'),
        ),
        migrations.AddConstraint(
            model_name='stargrade',
            constraint=models.UniqueConstraint(fields=('run', 'place_code'), name='star_grade_once'),
        ),
        migrations.AddConstraint(
            model_name='stargrade',
            constraint=models.CheckConstraint(condition=models.Q(('holds__range', (0, 5)), ('stars__range', (0, 5))), name='star_grade_range'),
        ),
        migrations.AddConstraint(
            model_name='stargrade',
            constraint=models.CheckConstraint(condition=models.Q(('high_ppm__gte', models.F('value_ppm')), ('high_ppm__lte', 1000000), ('hits__gte', 0), ('low_ppm__gte', 0), ('n__gte', models.F('hits')), ('value_ppm__gte', models.F('low_ppm'))), name='star_grade_figures'),
        ),
        migrations.RunSQL(WELLBEING_STARS_STAY, "DROP FUNCTION wellbeing_stars_stay CASCADE"),
    ]
