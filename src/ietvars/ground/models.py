"""Gathers the tables of the ground floor's rooms for Django. It defines nothing itself."""

from ietvars.ground.audit.models import Entry
from ietvars.ground.bodies.models import Body, FormerName, Placement, Reorganisation, Succession
from ietvars.ground.deployment.models import Deployment
from ietvars.ground.jobs.models import Job
from ietvars.ground.lake.models import LakePart, LakeState
from ietvars.ground.people.models import Capacity, Person
from ietvars.ground.terms.models import CodeList, Term
from ietvars.ground.words.models import Document, MissedQuestion, WordGroup

__all__ = [
    "Body",
    "Capacity",
    "CodeList",
    "Deployment",
    "Document",
    "Entry",
    "FormerName",
    "Job",
    "LakePart",
    "LakeState",
    "MissedQuestion",
    "Person",
    "Placement",
    "Reorganisation",
    "Succession",
    "Term",
    "WordGroup",
]
