"""Level 0, the ground: what every floor stands on and what knows nothing of services."""
