"""Bodies: institutions of all kinds, companies and associations that hold, provide or oversee services.

Their hierarchy and names have dates, and a merger, split or renaming is a record, so that old links keep working and
every figure can name its holder of that day. It must not know which services a body has.
Besides the usual files: `plans.py` (a reorganisation as a value: pure, too long for rules), `journal.py` (rows as they
were, so that it can be taken back), `reorganising.py` (plan, preview, apply, undo: actions that speak with all rooms
above).
"""
