from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_witnesses")]
    # Undoing it drops the guards; the tables themselves go with 0003.
    operations = [
        migrations.RunSQL((SQL / "0004_witnesses.sql").read_text(encoding="utf-8"), (SQL / "0004_witnesses_undo.sql").read_text(encoding="utf-8"))
    ]
