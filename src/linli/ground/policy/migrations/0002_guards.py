"""A policy row is never changed nor deleted: a new rule is a new row, and yesterday's figures keep yesterday's rule."""

from django.db import migrations

GUARD = """
CREATE FUNCTION policy_value_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a policy value is never changed: set a new one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER policy_value_stays BEFORE UPDATE OR DELETE ON policy_policyvalue FOR EACH ROW EXECUTE FUNCTION policy_value_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, "DROP FUNCTION policy_value_stays CASCADE")]
