from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_functions")]
    # Undoing it drops the guards; the tables themselves go with 0001.
    operations = [migrations.RunSQL((SQL / "0003_guards.sql").read_text(encoding="utf-8"), "DROP FUNCTION ledger_refuse CASCADE")]
