"""Releases: figures for the public, frozen, with small counts suppressed so that nobody can be found by subtracting.

A release can be made again from its manifest and is never changed. The room must not show anything that is not of one
frozen release.
`lattice.py`, `hiding.py` and `witnesses.py` decide what is hidden, purely; `frozen.py` is the input that a release
keeps, `tables.py` turns it into what is published, `dictionary.py` says what each column means; `laying.py` writes the
files into the lake.
"""
