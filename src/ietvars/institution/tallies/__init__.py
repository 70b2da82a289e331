"""Tallies: what was counted from deliveries is reported as measurements, so that one engine judges all figures alike.

Here too are the statistics that need more than two periods: estimates while cases are open, change points, peers. The
room must not define an indicator.
Besides the usual files, rules too long for one file, all pure: `lines.py` (months of a figure), `turns.py` (since
when), `survival.py` (how long while many wait), `peers.py` (services of like kind), `many.py` (many tests, and scatter
beyond chance), `reasons.py` (what part brought a change). One that speaks SQL to the lake: `reading.py`. `documents.py`
is the stable document of the API. And `working.py` and `watching.py`, what the worker calls.
"""
