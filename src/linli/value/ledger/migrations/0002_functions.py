from pathlib import Path

from django.db import migrations

# A released file of sql/ is never edited: a change is a new file with CREATE OR REPLACE and a new migration.
SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(
            (SQL / "0002_functions.sql").read_text(encoding="utf-8"),
            "DROP FUNCTION ledger_expire_due, ledger_hold_void, ledger_give_back, ledger_hold_post, ledger_reverse, ledger_move, ledger_refusal,"
            " ledger_lock, ledger_account_limit, ledger_account_close, ledger_account_open, ledger_account_mark, ledger_mark, ledger_us;"
            " DROP TYPE ledger_answer; DROP SEQUENCE ledger_seq",
        )
    ]
