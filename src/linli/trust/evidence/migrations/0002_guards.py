from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    # Undoing it drops the guards; the tables themselves go with 0001.
    operations = [
        migrations.RunSQL((SQL / "0002_guards.sql").read_text(encoding="utf-8"), (SQL / "0002_guards_undo.sql").read_text(encoding="utf-8"))
    ]
