"""Words: one analyser for Latvian and English, and an index of documents found by them.

It folds diacritics and inflection so that people find what they mean, on SQLite (FTS5) and PostgreSQL (tsvector)
alike. It must not know what a document is: upper rooms hand it a kind, a key and texts.
"""
