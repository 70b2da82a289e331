"""Gathers the tables of the institution floor's rooms for Django. It defines nothing itself."""

from ietvars.institution.canvases.models import Canvas, CanvasVersion
from ietvars.institution.cases.models import CaseRun, CaseRunPart
from ietvars.institution.deliveries.models import (
    Activity,
    ErasedPerson,
    EventLog,
    EvidenceKind,
    InboxEvent,
    Refused,
    Sender,
    Source,
)
from ietvars.institution.feedback.models import Answer, Feedback, FeedbackStateRow
from ietvars.institution.indicators.models import Comparison, Computation, Definition, Figure, Review
from ietvars.institution.linked.models import Leftover
from ietvars.institution.lists.models import ListDocument, ListEntry, ListStateRow, ServiceList
from ietvars.institution.measurements.models import Edition, Measurement, Reported, Standard, StandardResult
from ietvars.institution.quality.models import Link, LinkCheck
from ietvars.institution.releases.models import Release, ReleaseStep
from ietvars.institution.revisions.models import (
    ReviewReminder,
    Revision,
    RevisionComment,
    RevisionEdit,
    RevisionStateRow,
)
from ietvars.institution.rounds.models import Exemption, ReminderSent, Report, ReportRow, Round, Typed
from ietvars.institution.services.models import (
    Delivery,
    Fee,
    Identifier,
    PublishedVersion,
    Service,
    Stage,
    StateRow,
    Tenure,
)
from ietvars.institution.sheets.models import Outgoing, Sheet, SheetCell
from ietvars.institution.visits.models import PageViews

__all__ = [
    "Activity",
    "Answer",
    "Canvas",
    "CanvasVersion",
    "CaseRun",
    "CaseRunPart",
    "Comparison",
    "Computation",
    "Definition",
    "Delivery",
    "Edition",
    "ErasedPerson",
    "EventLog",
    "EvidenceKind",
    "Exemption",
    "Fee",
    "Feedback",
    "FeedbackStateRow",
    "Figure",
    "Identifier",
    "InboxEvent",
    "Leftover",
    "Link",
    "LinkCheck",
    "ListDocument",
    "ListEntry",
    "ListStateRow",
    "Measurement",
    "Outgoing",
    "PageViews",
    "PublishedVersion",
    "Refused",
    "Release",
    "ReleaseStep",
    "ReminderSent",
    "Report",
    "ReportRow",
    "Reported",
    "Review",
    "ReviewReminder",
    "Revision",
    "RevisionComment",
    "RevisionEdit",
    "RevisionStateRow",
    "Round",
    "Sender",
    "Service",
    "ServiceList",
    "Sheet",
    "SheetCell",
    "Source",
    "Stage",
    "Standard",
    "StandardResult",
    "StateRow",
    "Tenure",
    "Typed",
]
