"""How a lower room tells that something happened without knowing who listens.

Upper rooms register in their app's `ready`. It must not store anything: a listener that must not be missed runs
inside the announcer's transaction and fails with it.
"""
