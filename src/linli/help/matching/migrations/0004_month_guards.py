"""A month that was played is kept or let go of, never changed."""

from django.db import migrations

MATCHING_MATCHMONTH_STAYS = """
CREATE FUNCTION matching_matchmonth_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a month of the matcher is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER matching_matchmonth_stays BEFORE UPDATE ON matching_matchmonth FOR EACH ROW EXECUTE FUNCTION matching_matchmonth_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0003_month'),
    ]

    operations = [
        migrations.RunSQL(MATCHING_MATCHMONTH_STAYS, "DROP FUNCTION matching_matchmonth_stays CASCADE"),
    ]
