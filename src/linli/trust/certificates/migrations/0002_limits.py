"""A certificate stays as it was issued; only its revocation is added, once."""

from django.db import migrations

CERTIFICATE_STAYS = """
CREATE FUNCTION certificates_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a certificate stays as it was issued' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER certificates_kept BEFORE DELETE ON certificates_certificate FOR EACH ROW EXECUTE FUNCTION certificates_stay();
CREATE TRIGGER certificates_same BEFORE UPDATE ON certificates_certificate FOR EACH ROW
    WHEN ((OLD.id, OLD.person, OLD.place_code, OLD.since, OLD.until, OLD.minutes, OLD.visits, OLD.status_list, OLD.status_index, OLD.digest, OLD.document,
           OLD.issued_at, OLD.issued_by)
          IS DISTINCT FROM
          (NEW.id, NEW.person, NEW.place_code, NEW.since, NEW.until, NEW.minutes, NEW.visits, NEW.status_list, NEW.status_index, NEW.digest, NEW.document,
           NEW.issued_at, NEW.issued_by)
          OR OLD.revoked_at IS NOT NULL)
    EXECUTE FUNCTION certificates_stay();
"""
UNDO = "DROP TRIGGER certificates_same ON certificates_certificate; DROP TRIGGER certificates_kept ON certificates_certificate; DROP FUNCTION certificates_stay;"


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]
    operations = [migrations.RunSQL(CERTIFICATE_STAYS, UNDO)]
