"""What the report says, what was said of it and what happened to a risk is never changed; words of a figure may be put better."""

from django.db import migrations

STAYS = """
CREATE FUNCTION programme_said_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was said of the programme is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER programme_note_stays BEFORE UPDATE OR DELETE ON programme_noterow FOR EACH ROW EXECUTE FUNCTION programme_said_stays();
CREATE TRIGGER programme_risk_stays BEFORE UPDATE OR DELETE ON programme_riskrow FOR EACH ROW EXECUTE FUNCTION programme_said_stays();
"""

FIGURE_SAME = """
CREATE FUNCTION programme_figure_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.code, NEW.kind, NEW.scope, NEW.year, NEW.comparator, NEW.value, NEW.decimals, NEW.unit)
        IS NOT DISTINCT FROM (OLD.code, OLD.kind, OLD.scope, OLD.year, OLD.comparator, OLD.value, OLD.decimals, OLD.unit) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a number of the report does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER programme_figure_same BEFORE UPDATE OR DELETE ON programme_figurerow FOR EACH ROW EXECUTE FUNCTION programme_figure_same();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(STAYS, "DROP FUNCTION programme_said_stays CASCADE"),
        migrations.RunSQL(FIGURE_SAME, "DROP FUNCTION programme_figure_same CASCADE"),
    ]
