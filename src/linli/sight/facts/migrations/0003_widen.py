"""More kinds of facts, corrections that supersede, what was put aside, and frozen sets, which stay as they were."""

import django.db.models.deletion
from django.db import migrations, models

FACTS_SET_STAYS = """
CREATE TRIGGER facts_set_stays BEFORE UPDATE OR DELETE ON facts_factset FOR EACH ROW EXECUTE FUNCTION facts_fact_stays();
CREATE TRIGGER facts_key_stays BEFORE UPDATE OR DELETE ON facts_setkey FOR EACH ROW EXECUTE FUNCTION facts_fact_stays();
"""
FACTS_SET_GOES = "DROP TRIGGER facts_set_stays ON facts_factset; DROP TRIGGER facts_key_stays ON facts_setkey"


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0002_limits'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '60s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Aside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=24)),
                ('about', models.CharField(max_length=80)),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('problem', models.CharField(max_length=10)),
                ('value', models.BigIntegerField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='FactSet',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('city', models.CharField(db_collation='C', max_length=4)),
                ('number', models.PositiveIntegerField()),
                ('last_fact', models.BigIntegerField()),
                ('facts', models.BigIntegerField()),
                ('occurred_until', models.DateTimeField(null=True)),
                ('recorded_until', models.DateTimeField()),
                ('manifest', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='SetKey',
            fields=[
                ('city', models.CharField(db_collation='C', max_length=4, primary_key=True, serialize=False)),
                ('secret', models.BinaryField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='fact',
            name='fact_once',
        ),
        migrations.RemoveConstraint(
            model_name='fact',
            name='fact_kind',
        ),
        migrations.AddField(
            model_name='fact',
            name='channel',
            field=models.CharField(db_default='', default='', max_length=8),
        ),
        migrations.AddField(
            model_name='fact',
            name='gone',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='fact',
            name='group',
            field=models.CharField(db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='fact',
            name='revision',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='fact',
            name='supersedes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='facts.fact'),
        ),
        migrations.AddField(
            model_name='fact',
            name='tag',
            field=models.CharField(db_default='', default='', max_length=24),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.UniqueConstraint(fields=('kind', 'about', 'revision'), name='fact_once'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['need_asked', 'need_answered', 'care_answered', 'need_ended', 'need_handled', 'need_withdrawn', 'need_referred', 'need_reopened', 'need_escalated', 'need_dispatched', 'objection_made', 'objection_settled', 'offer_ended', 'visit_booked', 'checked_in', 'confirmed', 'visit_done', 'no_show', 'visit_cancelled', 'visit_disputed', 'visit_settled', 'visit_corrected', 'took_part', 'helper_joined', 'certified', 'hours_held', 'hours_posted', 'hours_honour', 'hours_returned', 'hours_corrected', 'hours_seeded', 'rated', 'rectify_opened', 'rectify_ended', 'rectify_rejected', 'consent_granted', 'consent_withdrawn', 'looked', 'evidenced', 'sign_lag', 'warning_opened', 'warning_planned', 'warning_closed', 'stock'])), name='fact_kind'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revision', 0), ('supersedes', None)), models.Q(('revision__gt', 0), ('supersedes__isnull', False)), _connector='OR'), name='fact_corrects'),
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(fields=['kind', 'occurred_at'], name='fact_kind_time'),
        ),
        migrations.AddIndex(
            model_name='aside',
            index=models.Index(fields=['place_code'], name='aside_place'),
        ),
        migrations.AddConstraint(
            model_name='aside',
            constraint=models.UniqueConstraint(fields=('kind', 'about', 'problem'), name='aside_once'),
        ),
        migrations.AddConstraint(
            model_name='aside',
            constraint=models.CheckConstraint(condition=models.Q(('problem__in', ['future', 'reversed', 'place', 'value'])), name='aside_problem'),
        ),
        migrations.AddIndex(
            model_name='factset',
            index=models.Index(fields=['city', '-number'], name='fact_set_newest'),
        ),
        migrations.AddConstraint(
            model_name='factset',
            constraint=models.UniqueConstraint(fields=('city', 'number'), name='fact_set_number'),
        ),
        migrations.RunSQL(FACTS_SET_STAYS, FACTS_SET_GOES),
    ]
