"""Measurements: what was reported, by whom, in which edition, value state by value state, kept for ever as it came.

A later edition of a period is a restatement and stands beside the first. It must not compute or compare anything.
Besides the usual files: `values.py` (value states and the reading of raw texts, pure, shared by the rooms above).
"""
