"""Initiatives: a proposal of one of the framework's kinds, with frozen figures, a decision, a deadline and a check.

A kind is data with its finder; the list stays open. It must not change services: those who hold them do.
Besides the usual files: `kinds.toml` holds the kinds that ship, as a code list, and `evidence.py` the pure rules of
what is frozen, how it is read again, and what the indicator did between then and now.
`moving.py` says what a reorganisation of bodies does here, and takes it back.
"""
