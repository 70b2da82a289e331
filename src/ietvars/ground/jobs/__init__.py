"""Jobs: work in the background, asked for by somebody, with progress that pages can show.

A job is a row; whoever can do a kind of work registers a function for it, and `ietvars worker` calls it. `working.py`
is what a worker does with one job; it is no shelf, since it neither decides nor is called by doors other than the
worker's. The room must not know what any kind of work is about, and never asks the clock: the worker brings it.
"""
