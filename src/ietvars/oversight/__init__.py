"""Level 3, oversight: the state read as one: aggregates, findings and initiatives."""
