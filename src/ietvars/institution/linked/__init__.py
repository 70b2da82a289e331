"""Linked data that came with a service and that no part of a description holds.

What another catalogue says in words unknown here is kept as it came, given out again, and understood some later day.
It must not decide what a triple means, nor touch the description.
"""
