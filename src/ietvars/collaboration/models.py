"""Gathers the tables of the collaboration floor's rooms for Django. It defines nothing itself."""

from ietvars.collaboration.situations.models import Situation, Step
from ietvars.collaboration.ties.models import Tie

__all__ = ["Situation", "Step", "Tie"]
