"""Services: what the state gives a person, described once with holder, the three legal stages, channels and providers.

A service has exactly one holder on any day and three stages; who provides a stage, by which channel, is a delivery.
It must not know which life situation, list or figure speaks of a service.
"""
