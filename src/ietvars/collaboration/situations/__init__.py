"""Life situations: ordered steps over services of many holders, and steps that are no services.

A step may stand beside the one before it. It must not describe services, and stores no relation that follows from
standing in the same situation.
"""
