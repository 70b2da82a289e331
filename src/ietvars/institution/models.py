"""Gathers the tables of the institution floor's rooms for Django. It defines nothing itself."""

from ietvars.institution.indicators.models import Comparison, Computation, Definition, Figure, Review
from ietvars.institution.lists.models import ListEntry, ListStateRow, ServiceList
from ietvars.institution.measurements.models import Edition, Measurement, Reported, Standard, StandardResult
from ietvars.institution.services.models import Delivery, Fee, Identifier, Service, Stage, StateRow, Tenure

__all__ = [
    "Comparison",
    "Computation",
    "Definition",
    "Delivery",
    "Edition",
    "Fee",
    "Figure",
    "Identifier",
    "ListEntry",
    "ListStateRow",
    "Measurement",
    "Reported",
    "Review",
    "Service",
    "ServiceList",
    "Stage",
    "Standard",
    "StandardResult",
    "StateRow",
    "Tenure",
]
