"""Indicators: definitions as versioned data, the engine that computes figures from what was reported, the comparison.

A figure carries numerator, denominator, exclusions, coverage and editions; a comparison may refuse. It must not keep
what was reported (the measurements room does) and never changes it.
Besides the usual files, rules too long for one file, all pure: `facts.py` (what goes into the engine and comes out),
`parts.py`, `expressions.py` and `definitions.py` (the language in which an indicator is written as data), `engine.py`
(evaluates one over one service), `comparison.py` (the verdict on now against before) and `chance.py` (its intervals and
tests over arrays). Two that read: `snapshots.py` (what is known of a period, for the engine) and `documents.py` (the
stable documents of console, API and frozen evidence). And `working.py`, what the worker calls to compute in the
background.
"""
