"""Indicators as quality measurements of DQV, each with its parts, its state and what is missing. Out only."""
