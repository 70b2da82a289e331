"""Who comes in: pages, API, console. Doors translate and never decide."""
