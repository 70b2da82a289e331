"""Revisions: how a description changes. Drafts, comments, approval by another person, publication now or on a day, and
what a newer canvas means for a service made from an older one.

What people read stands in the room of services; here is what is being written. It must not decide what a description
needs: the canvas's requirements do.
Besides the
usual files: `moving.py` (what a reorganisation of bodies does here, and how it is taken back).
"""
