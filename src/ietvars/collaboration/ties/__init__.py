"""Ties: typed relations between two services, one record read from both ends.

Services of one life situation are related by that fact, which the situations room derives; it is never stored here.
"""
