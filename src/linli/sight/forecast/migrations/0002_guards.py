"""What a forecast said, and how right it was, stay as they were written."""

from django.db import migrations

FORECAST_SAID_STAYS = """
CREATE FUNCTION forecast_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a forecast said does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forecast_said_stays BEFORE UPDATE ON forecast_said FOR EACH ROW EXECUTE FUNCTION forecast_stays();
CREATE TRIGGER forecast_made_stays BEFORE UPDATE ON forecast_made FOR EACH ROW EXECUTE FUNCTION forecast_stays();
CREATE TRIGGER forecast_score_stays BEFORE UPDATE ON forecast_depth FOR EACH ROW
    WHEN (OLD.scored_at IS NOT NULL) EXECUTE FUNCTION forecast_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('forecast', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(FORECAST_SAID_STAYS, "DROP FUNCTION forecast_stays CASCADE"),
    ]
