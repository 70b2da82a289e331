"""Private persons: find a service, follow a life situation, see who answers for it. No rules, no tables."""
