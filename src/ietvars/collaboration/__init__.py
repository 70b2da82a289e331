"""Level 2, collaboration: what institutions do together: life situations and ties between services."""
