"""Aggregates: figures of services become one by the rule their definition declares, with coverage beside them.

No aggregate exists without a declared rule. It must not compute a service's own figures nor judge what they mean.
"""
