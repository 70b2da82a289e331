"""Event logs of other systems: brings in XES, OCEL 2.0, CSV and Parquet, and writes XES and OCEL 2.0.

`sources` opens files with limits; `xes`, `ocel_*` and `tables` turn each form into raw events; `spool` gathers them by
case on disk; `turning` makes deliveries of a case; `bringing` takes them in; `writing` goes the other way. It must not
write a table itself: events go in by the room of deliveries, services and bodies by theirs.
"""
