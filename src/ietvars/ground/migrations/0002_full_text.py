"""The database's own side of the search index: FTS5 on SQLite, a generated tsvector with GIN on PostgreSQL."""

from django.db import migrations

SQLITE = ("CREATE VIRTUAL TABLE ground_document_fts USING fts5(tokens_a, tokens_b, tokens_c, tokenize='unicode61')",)
POSTGRESQL = (
    "ALTER TABLE ground_document ADD COLUMN found_by tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple', tokens_a), 'A') || setweight(to_tsvector('simple', tokens_b), 'B') ||"
    " setweight(to_tsvector('simple', tokens_c), 'C')) STORED",
    "CREATE INDEX ground_document_found_by ON ground_document USING gin (found_by)",
)


def build(apps, schema_editor):
    """Make the index table or column of this database."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Take it away again."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE ground_document_fts")
    else:
        schema_editor.execute("ALTER TABLE ground_document DROP COLUMN found_by")


class Migration(migrations.Migration):
    dependencies = [("ground", "0001_the_building")]

    operations = [migrations.RunPython(build, drop)]
