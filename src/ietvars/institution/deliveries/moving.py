"""What a reorganisation does to deliveries: programs that send and the sources they send from become the successor's.

Refused events that lie open need no item of their own: they lie where their sender is. Facts are not touched, since
each keeps the holder of its day.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from ietvars.ground.bodies.journal import take_back as take_rows_back
from ietvars.ground.bodies.plans import Gathering, Plan
from ietvars.ground.bodies.reorganising import Operation
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms.rules import LANGUAGES
from ietvars.institution.deliveries.models import Refused, Sender, Source

ROOM = "deliveries"
SENDER = "sender"
"""Kind of thing: a program that may send events or has refused ones lying open, by its code."""
SOURCE = "source"
"""Kind of thing: a source that events come from, by its address."""


def name_things(*, gathering: Gathering, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-asked": senders and sources of the bodies."""
    for sender in _senders(gathering.plan.predecessors):
        gathering.add(SENDER, sender.code, dict.fromkeys(LANGUAGES, sender.title), sender.body.code)
    for source in _sources(gathering.plan.predecessors):
        gathering.add(SOURCE, source.uri, dict.fromkeys(LANGUAGES, source.uri), source.body.code)


def move(*, operation: Operation, by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganised": the successor sends, under the same names and from the same sources."""
    journal = operation.journal_of(ROOM)
    senders = {row.code: row for row in _senders(operation.plan.predecessors)}
    for item in operation.of(SENDER):
        journal.change(senders[item.key], item.key, body_id=operation.heir(item).pk)
    sources = {row.uri: row for row in _sources(operation.plan.predecessors)}
    for item in operation.of(SOURCE):
        journal.change(sources[item.key], item.key, body_id=operation.heir(item).pk)
    _lay_refused_beside([row.pk for row in senders.values()])


def take_back(*, plan: Plan, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Listener of "bodies.reorganisation-undone": the old body sends again."""
    rows = moved.get(ROOM, ())
    take_rows_back(rows, (Sender, Source), now=now)
    _lay_refused_beside([row["key"] for row in rows if row["table"] == "institution.sender"])


def _lay_refused_beside(senders: Collection[int]) -> None:
    """Not through the journal: refused events are mended and deleted meanwhile, which must not bar the way back."""
    for pk, body in Sender.objects.filter(pk__in=list(senders)).values_list("pk", "body_id"):
        Refused.objects.filter(sender=pk, state=Refused.State.OPEN).update(body=body)


def _senders(codes: tuple[str, ...]) -> list[Sender]:
    lying = Refused.objects.filter(sender=OuterRef("pk"), state=Refused.State.OPEN)
    alive = Q(revoked_at__isnull=True) | Exists(lying)
    return list(Sender.objects.filter(alive, body__code__in=codes).select_related("body").order_by("code"))


def _sources(codes: tuple[str, ...]) -> list[Source]:
    return list(Source.objects.filter(body__code__in=codes).select_related("body").order_by("uri"))
