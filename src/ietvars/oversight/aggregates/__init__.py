"""Aggregates: the state read as one, from the whole down to one service, by declared rules and with coverage beside.

No aggregate exists without a declared rule. It must not compute a service's own figures nor judge what they mean:
those come from the indicators room as they stand in its summary tables.
"""
