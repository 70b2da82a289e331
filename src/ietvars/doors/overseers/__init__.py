"""Overseers: the state as one, with drill-down, findings and initiatives. No rules, no tables."""
