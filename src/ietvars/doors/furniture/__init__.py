"""What the doors share: page frame, components, charts, words and access declarations. No rules, no tables."""
