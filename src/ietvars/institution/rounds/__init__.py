"""Collection rounds: who must report which figures of what period by when, and how far each institution has come.

What is submitted becomes an edition of the measurements room. It must not compute indicators, and must not overwrite
anything reported. Besides the usual files: `asking.py` (which figures the definitions need of a service, pure),
`typed.py` (how a typed text is read, pure), `quality.py` (the rules on figures together), `doubting.py` (what a rule
sees and says), `impossible.py` and `doubtful.py` (the rules themselves, all pure), `looking.py` (reads what those rules
need, for a report or for a whole period) and `moving.py` (reports follow their services when institutions merge).
"""
