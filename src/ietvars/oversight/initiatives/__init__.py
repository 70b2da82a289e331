"""Initiatives: a proposal of one of the framework's kinds, with frozen figures, a decision, a deadline and a check.

A kind is data with its finder; the list stays open. It must not change services: those who hold them do.
"""
