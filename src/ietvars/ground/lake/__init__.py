"""The lake: whole files in columns, the manifest that says which of them count, and the engines that read them.

A file is written under a temporary name, made durable, renamed, and counts only once the manifest names it, so a reader
sees one generation or the next, never half of one. The room must not know what stands in a file.
`files.py` writes, hashes and locks, `engines.py` opens DuckDB and turns expressions into SQL, `backing.py` copies
database and lake as of one moment and brings them back; none is a shelf.
"""
