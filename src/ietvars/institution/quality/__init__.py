"""Quality: what the texts of a description are worth to a reader, and whether their links still lead somewhere.

It judges and remembers what it saw of links; it must not change a description, and no mark of it stops a publication.
Besides the usual files: `texts.py` (sentences and words of a description), `checks.py` (one small class a check of
text), `links.py` (which addresses may be asked, which faults last), all pure and too long for one file; `asking.py`,
the only module that opens a connection to another machine; `working.py`, what the worker calls; and
`office_words.toml`, the words of offices with their plain alternatives.
"""
