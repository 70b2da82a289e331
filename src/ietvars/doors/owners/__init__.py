"""Service owners and list approvers: my services, lists, indicators, comparison and review. No rules, no tables."""
