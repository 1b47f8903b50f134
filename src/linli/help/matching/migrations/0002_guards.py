"""A run is kept or let go of, never changed."""

from django.db import migrations

MATCHING_MATCHRUN_STAYS = """
CREATE FUNCTION matching_matchrun_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a run of the matcher is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER matching_matchrun_stays BEFORE UPDATE ON matching_matchrun FOR EACH ROW EXECUTE FUNCTION matching_matchrun_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(MATCHING_MATCHRUN_STAYS, "DROP FUNCTION matching_matchrun_stays CASCADE"),
    ]
