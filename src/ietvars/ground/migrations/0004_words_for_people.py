"""The index by terms: tokens and 4-grams of all fields in one column, and the questions that nothing answered."""

from django.db import migrations, models

from ietvars.ground.words import rules

SQLITE = (
    # One document for each row and each term once in it: positions would only take room.
    "CREATE VIRTUAL TABLE ground_document_fts USING fts5(terms, tokenize=\"ascii tokenchars '_'\", detail=none)",
    "CREATE VIRTUAL TABLE ground_document_term USING fts5vocab(ground_document_fts, 'instance')",
    "INSERT INTO ground_document_fts(rowid, terms) SELECT id, terms FROM ground_document",
)
POSTGRESQL = (
    "ALTER TABLE ground_document ADD COLUMN found_by tsvector"
    " GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(terms, ' '), ''))) STORED",
    # A question looks up many terms; a list of pending entries would be read for each of them.
    "CREATE INDEX ground_document_found_by ON ground_document USING gin (found_by) WITH (fastupdate = off)",
)


def drop(apps, schema_editor):
    """Take the old index away, which stands on columns that go."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE ground_document_fts")
    else:
        schema_editor.execute("ALTER TABLE ground_document DROP COLUMN found_by")


def fill(apps, schema_editor):
    """Give each document its terms. The rest of its text is known by its tokens only, which are the same."""
    table = apps.get_model("ground", "Document")
    for row in table.objects.iterator(chunk_size=500):
        known = rules.Document(row.kind, row.key, row.language, row.title, row.keywords)
        text = (rules.term(row.language, rules.TEXT, token) for token in row.tokens_c.split())
        row.terms = " ".join(dict.fromkeys([*rules.terms(known).split(), *text]))
        row.save(update_fields=["terms"])


def build(apps, schema_editor):
    """Make the index of this database."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        # Without parameters: the percent sign and the braces are SQL's own.
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ground", "0003_audit_only_grows")]

    operations = [
        migrations.RunPython(drop),
        migrations.AddField(
            model_name="document",
            name="terms",
            field=models.TextField(
                blank=True, default="", help_text="tokens and 4-grams, each with its language and field"
            ),
        ),
        migrations.RunPython(fill),
        migrations.RemoveField(model_name="document", name="tokens_a"),
        migrations.RemoveField(model_name="document", name="tokens_b"),
        migrations.RemoveField(model_name="document", name="tokens_c"),
        migrations.AlterField(
            model_name="document",
            name="boost",
            field=models.FloatField(
                default=0.0, help_text="decides where words say the same, e.g. for common descriptions"
            ),
        ),
        migrations.AlterField(
            model_name="wordgroup",
            name="words",
            field=models.JSONField(default=list, help_text="of synonyms the last is the one that services use"),
        ),
        migrations.RunPython(build),
        migrations.CreateModel(
            name="MissedQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
                ("language", models.CharField(max_length=12)),
                ("text", models.CharField(max_length=100)),
                ("is_partial", models.BooleanField(default=False)),
                ("nearest_kind", models.CharField(blank=True, max_length=40)),
                ("nearest_key", models.CharField(blank=True, max_length=120)),
                ("times", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "language", "text", "is_partial"), name="missed_once_a_day")
                ],
            },
        ),
    ]
