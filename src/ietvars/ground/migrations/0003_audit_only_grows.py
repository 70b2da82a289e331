"""The audit table takes new rows only: the database itself refuses to change or remove one."""

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER ground_entry_keeps BEFORE UPDATE ON ground_entry"
    " BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END",
    "CREATE TRIGGER ground_entry_stays BEFORE DELETE ON ground_entry"
    " BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION ground_entry_refuses() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'audit rows are never changed or removed'; END $$",
    "CREATE TRIGGER ground_entry_keeps BEFORE UPDATE OR DELETE ON ground_entry"
    " FOR EACH ROW EXECUTE FUNCTION ground_entry_refuses()",
)


def guard(apps, schema_editor):
    """Set the guards of this database."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    """Take them off, e.g. to unapply the building."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER ground_entry_keeps")
        schema_editor.execute("DROP TRIGGER ground_entry_stays")
    else:
        schema_editor.execute("DROP FUNCTION ground_entry_refuses() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("ground", "0002_full_text")]

    operations = [migrations.RunPython(guard, unguard)]
