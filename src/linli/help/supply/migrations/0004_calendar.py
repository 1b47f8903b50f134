"""The database keeps the calendar: what holds a unit writes `Taken`, no two of it meet, and what was said of a booking does not change."""

from django.db import migrations

TAKEN = """
CREATE SEQUENCE supply_booking_serial START 1000;

ALTER TABLE supply_taken ADD CONSTRAINT taken_no_double_booking
    EXCLUDE USING gist (unit_id WITH =, tstzrange(begins_at, ends_at) WITH &&);
ALTER TABLE supply_member ADD CONSTRAINT member_one_alliance
    EXCLUDE USING gist (community_code WITH =, tstzrange(since, until) WITH &&);

CREATE FUNCTION supply_booking_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('offered', 'booked', 'handed_out', 'overdue') THEN
        INSERT INTO supply_taken (unit_id, begins_at, ends_at, booking_id) VALUES (NEW.unit_id, NEW.begins_at, NEW.ends_at, NEW.id)
        ON CONFLICT (booking_id) DO UPDATE SET unit_id = EXCLUDED.unit_id, begins_at = EXCLUDED.begins_at, ends_at = EXCLUDED.ends_at
        WHERE (supply_taken.unit_id, supply_taken.begins_at, supply_taken.ends_at)
            IS DISTINCT FROM (EXCLUDED.unit_id, EXCLUDED.begins_at, EXCLUDED.ends_at);
    ELSE
        DELETE FROM supply_taken WHERE booking_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER supply_booking_holds AFTER INSERT OR UPDATE ON supply_booking FOR EACH ROW EXECUTE FUNCTION supply_booking_holds();

-- Two blackouts of a unit may overlap: each takes what none before it takes, so that ending one leaves the other whole.
CREATE FUNCTION supply_black_out(a_unit uuid, a_thing uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    b supply_blackout%ROWTYPE;
    covered tstzmultirange := '{}';
BEGIN
    DELETE FROM supply_taken WHERE unit_id = a_unit AND blackout_id IS NOT NULL;
    FOR b IN SELECT * FROM supply_blackout WHERE thing_id = a_thing AND (unit_id IS NULL OR unit_id = a_unit) AND ended_at IS NULL
        ORDER BY recorded_at, id
    LOOP
        INSERT INTO supply_taken (unit_id, begins_at, ends_at, blackout_id)
        SELECT a_unit, lower(piece), upper(piece), b.id
        FROM unnest(tstzmultirange(tstzrange(b.begins_at, b.ends_at)) - covered) AS piece;
        covered := covered + tstzmultirange(tstzrange(b.begins_at, b.ends_at));
    END LOOP;
END $$;

CREATE FUNCTION supply_blackout_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM supply_black_out(u.id, u.thing_id) FROM supply_unit u
    WHERE u.thing_id = NEW.thing_id AND (NEW.unit_id IS NULL OR u.id = NEW.unit_id);
    RETURN NULL;
END $$;
CREATE TRIGGER supply_blackout_holds AFTER INSERT OR UPDATE ON supply_blackout FOR EACH ROW EXECUTE FUNCTION supply_blackout_holds();

CREATE FUNCTION supply_unit_blacked_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM supply_black_out(NEW.id, NEW.thing_id);
    RETURN NULL;
END $$;
CREATE TRIGGER supply_unit_blacked_out AFTER INSERT ON supply_unit FOR EACH ROW EXECUTE FUNCTION supply_unit_blacked_out();
"""
UNTAKEN = """
DROP FUNCTION supply_booking_holds CASCADE; DROP FUNCTION supply_blackout_holds CASCADE; DROP FUNCTION supply_unit_blacked_out CASCADE; DROP FUNCTION supply_black_out;
ALTER TABLE supply_taken DROP CONSTRAINT taken_no_double_booking; ALTER TABLE supply_member DROP CONSTRAINT member_one_alliance;
DROP SEQUENCE supply_booking_serial;
"""

FLIPS = """
CREATE FUNCTION supply_bookingflip_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flip is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER supply_bookingflip_stays BEFORE UPDATE OR DELETE ON supply_bookingflip
    FOR EACH ROW EXECUTE FUNCTION supply_bookingflip_stays();
"""

SAME = """
CREATE FUNCTION supply_booking_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.number, NEW.kind, NEW.borrower, NEW.place_code, NEW.entered_by, NEW.begins_at, NEW.asked_at)
        IS NOT DISTINCT FROM (OLD.number, OLD.kind, OLD.borrower, OLD.place_code, OLD.entered_by, OLD.begins_at, OLD.asked_at)
        AND OLD.ended_at IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was asked by whom does not change, and what ended stays ended' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER supply_booking_same BEFORE UPDATE OR DELETE ON supply_booking FOR EACH ROW EXECUTE FUNCTION supply_booking_same();
"""


class Migration(migrations.Migration):
    dependencies = [("supply", "0003_things")]
    operations = [
        migrations.RunSQL(TAKEN, UNTAKEN),
        migrations.RunSQL(FLIPS, "DROP FUNCTION supply_bookingflip_stays CASCADE"),
        migrations.RunSQL(SAME, "DROP FUNCTION supply_booking_same CASCADE"),
    ]
