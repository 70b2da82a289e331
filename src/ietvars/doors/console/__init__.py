"""The ietvars command line. No rules, no tables."""
