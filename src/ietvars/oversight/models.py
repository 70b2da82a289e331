"""Gathers the tables of the oversight floor's rooms for Django. It defines nothing itself."""

from ietvars.oversight.finders.models import CriterionAnswer, Finding
from ietvars.oversight.initiatives.models import Initiative, InitiativeStateRow

__all__ = ["CriterionAnswer", "Finding", "Initiative", "InitiativeStateRow"]
