"""What happened to a place stays written; a point is whole or not there."""

from django.db import migrations, models

PLACES_CHANGE_STAYS = """
CREATE FUNCTION places_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened to a place stays written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER places_change_stays BEFORE UPDATE OR DELETE ON places_placechange FOR EACH ROW EXECUTE FUNCTION places_change_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0002_indexes_and_keys")]
    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RunSQL(PLACES_CHANGE_STAYS, "DROP FUNCTION places_change_stays CASCADE"),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat_udeg', None), ('lon_udeg', None)), models.Q(('lat_udeg__isnull', False), ('lon_udeg__isnull', False)), _connector='OR'), name='place_point_whole'),
        ),
    ]
