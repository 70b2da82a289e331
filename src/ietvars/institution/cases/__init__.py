"""Cases and what they add up to: case state, the marts of months, days and steps, made of facts and kept up to date.

It computes only from facts, the calendar and what services promise, and publishes files that pages read. It must not
judge a figure, nor compare; it never writes a fact.

Files beyond the usual: `schema.py` (the columns), `states.py` and `marts.py` (the formulas, as Ibis expressions),
`dimensions.py` (calendar, terms, channels), `computing.py` and `mending.py` (the pure cores of computing anew and where
something changed), `pieces.py` (what stands where pieces lie over whole files), `running.py` and `spark.py` (the
engines that they run on), `recomputing.py` and `refreshing.py` (what is published so), `reading.py` (how what is
published is opened).
"""
