"""Services: what the state gives a person, described once with holder, the three legal stages, channels and providers.

A service has exactly one holder on any day and three stages; who provides a stage, by which channel, is a delivery.
It must not know which life situation, list or figure speaks of a service. Besides the usual files there are
writes with a shape of their own: `inventories.py` (services of other registers, brought in by the thousand),
`versions.py` (what could be read when, behind the change feed), `exchange.py` (whole descriptions in bulk, for other
catalogues), `moving.py` (what a reorganisation of bodies does to holders and providers, and how it is taken back).
"""
