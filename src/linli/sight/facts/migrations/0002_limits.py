"""A fact is never edited: figures of yesterday can be counted again."""

from django.db import migrations, models

FACTS_FACT_STAYS = """
CREATE FUNCTION facts_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a fact is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER facts_fact_stays BEFORE UPDATE OR DELETE ON facts_fact FOR EACH ROW EXECUTE FUNCTION facts_fact_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['need_answered', 'care_answered', 'need_ended', 'need_handled', 'visit_done', 'rated', 'took_part'])), name='fact_kind'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='fact_value'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'rated'), _negated=True), ('value__range', (1, 5)), _connector='OR'), name='fact_stars'),
        ),
        migrations.RunSQL(FACTS_FACT_STAYS, "DROP FUNCTION facts_fact_stays CASCADE"),
    ]
