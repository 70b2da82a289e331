"""Who, when, why: one append-only row for each action, with what was before and after.

It must not interpret what it records, and nothing may change or remove a row: the database refuses it.
"""
