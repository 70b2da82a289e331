"""Life situations: ordered steps over services of many holders, and steps that are no services.

A step may stand beside the one before it. It must not describe services, and stores no relation that follows from
standing in the same situation.
Besides the usual files: `moving.py` (what a reorganisation of bodies does here,
and how it is taken back).
"""
