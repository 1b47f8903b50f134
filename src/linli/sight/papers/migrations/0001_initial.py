"""Editions and publications; both stay as they were written."""

import django.db.models.deletion
from django.db import migrations, models

STAYS = """
CREATE FUNCTION papers_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an edition is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER papers_edition_stays BEFORE UPDATE OR DELETE ON papers_edition FOR EACH ROW EXECUTE FUNCTION papers_stays();
CREATE TRIGGER papers_publication_stays BEFORE UPDATE OR DELETE ON papers_publication FOR EACH ROW EXECUTE FUNCTION papers_stays();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('fact_set', models.CharField(max_length=64)),
                ('checkpoint_size', models.BigIntegerField()),
                ('content', models.TextField()),
                ('drafted_at', models.DateTimeField()),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='papers.edition')),
            ],
            options={
                'indexes': [models.Index(fields=['place_code', '-drafted_at'], name='edition_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('checkpoint_size__gte', 0), ('starts_on__lt', models.F('ends_on'))), name='edition_sound')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='publication', serialize=False, to='papers.edition')),
                ('actor_ref', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(STAYS, "DROP FUNCTION papers_stays CASCADE"),
    ]
