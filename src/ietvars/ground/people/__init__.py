"""People who work here, the capacities in which they act, and who is acting now.

An actor is a person, a capacity and a body, chosen after sign-in when there are several; a capacity reaches its body
and everything below. It must not know what an actor may do in another room: each room's rules say so.
Besides the usual
files: `moving.py` (what a reorganisation of bodies does to capacities, and how it is taken back).
"""
