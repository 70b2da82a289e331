"""Other programs: the HTTP API and one slice for each exchange format. No rules, no tables."""
