"""Words: one analyser for Latvian and English, an index of documents found by them, and the list of everyday words.

It folds diacritics and inflection, and sees through misspelling by character 4-grams, on SQLite (FTS5) and PostgreSQL
(GIN) alike. It must not know what a document is: upper rooms hand it a kind, a key and texts. Questions that nothing
answers are counted by day without anything about who asked.
Besides the usual files two pure ones: `ranking.py` (which document answers best, too long for the rules) and
`masking.py` (what may be kept of a question).
"""
