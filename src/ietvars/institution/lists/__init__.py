"""Service lists: what an institution says it gives, approved by another person than the author, then published.

The reconcile report sets the list beside the catalogue. It must not describe services. Besides the usual
files: `documents.py` (what may be attached to an approval, by its content, pure).
`moving.py` says what a reorganisation of bodies does here, and takes it back.
"""
