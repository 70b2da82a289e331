"""Flows: the way that cases really take through a service, step after step, with counts and times.

Computed from the facts of deliveries, never stored as truth. The room must not judge which way is right: it sets the
real one beside the described one.

Files beyond the usual: `mapping.py` (facts to cells, in SQL; it knows files and nothing of Django), `reading.py` (cells
to flows), `refreshing.py` (the published cells of each service and month), `documents.py` (a flow as JSON).
"""
