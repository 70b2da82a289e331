"""Exchange formats: one slice for each, with its reading, writing and mapping. No rules of any room, no tables."""
