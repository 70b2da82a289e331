"""Level 1, institution: the institution's own work: services, their lists and their indicators."""
