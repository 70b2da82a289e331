"""Gathers the tables of the ground floor's rooms for Django. It defines nothing itself."""

from ietvars.ground.audit.models import Entry
from ietvars.ground.bodies.models import Body, FormerName, Placement, Succession
from ietvars.ground.deployment.models import Deployment
from ietvars.ground.people.models import Capacity, Person
from ietvars.ground.terms.models import CodeList, Term
from ietvars.ground.words.models import Document, WordGroup

__all__ = [
    "Body",
    "Capacity",
    "CodeList",
    "Deployment",
    "Document",
    "Entry",
    "FormerName",
    "Person",
    "Placement",
    "Succession",
    "Term",
    "WordGroup",
]
