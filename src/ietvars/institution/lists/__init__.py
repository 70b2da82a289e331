"""Service lists: what an institution says it gives, approved by another person than the author, then published.

The reconcile report sets the list beside the catalogue. It must not describe services.
"""
