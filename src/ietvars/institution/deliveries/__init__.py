"""Deliveries: what institutions send about single cases, kept durably and then laid into the lake as facts.

Every event is answered, none is lost and none counts twice; who the person was is a keyed hash from the door on. The
room must not compute any figure: that is `cases` and above.
`facts.py` names the columns of the lake, `events.py` reads a CloudEvent, `schema.py` describes one, `packing.py` is how
it lies in the inbox, `persons.py` keeps the keys, `quarantine.py` masks what is refused. `senders.py`, `mending.py` and
`forgetting.py` are actions beside the way of the events, `logs.py` those of whoever brings event logs in, `logged.py`
reads cases for a log that goes out; `compacting.py` lays what waits into the lake, `rewriting.py`
writes parts of it anew, `counting.py` counts whether all that came in lies there once; none is a shelf.
`titling.py` keeps what people call the steps that events name.
`moving.py` says what a reorganisation of bodies does here, and takes it back.
"""
