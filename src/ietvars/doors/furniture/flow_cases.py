"""The cases behind a figure of a flow, and one case from its first event to its last, for whoever may read them.

A case is named by a digest, never by a person. It must not compute.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import days, flow_words, today
from ietvars.doors.furniture.flow_pages import asked
from ietvars.doors.furniture.flow_words import Names, Span, span
from ietvars.doors.furniture.marks import Muted, Tag
from ietvars.doors.furniture.parts import pages
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.deliveries.facts import CHANNELS, Type
from ietvars.institution.flows import queries, rules

CaseAt = Callable[[str], str]
"""The address of one case."""


def code_of(case_id: int) -> str:
    """How a case is named on pages and in addresses."""
    return f"{case_id:016x}"


def number_of(code: str) -> int:
    """The number of a case from an address. Raises Http404 for what names none."""
    try:
        found = int(code, 16)
    except ValueError:
        raise Http404 from None
    if len(code) != 16 or not 0 <= found < 1 << 63:
        raise Http404
    return found


def behind(request: HttpRequest, names: Names) -> tuple[queries.Behind, str]:
    """Which cases an address asks for, and in words. Raises Http404 for what cannot be read."""
    query = request.GET
    try:
        if "no" in query:
            pair = int(query["no"]), int(query["uz"])
            return queries.Behind(edge=pair), names.passage(*pair)
        if "cels" in query:
            path = tuple(int(number) for number in query["cels"].split("."))
            return queries.Behind(variant=path), " → ".join(names.step(number) for number in path)
        if "novirze" in query:
            deviation = rules.Deviation(query["novirze"])
            return queries.Behind(deviation=deviation), str(flow_words.DEVIATIONS[deviation][0])
        if "nodod" in query:
            first, then = (int(number) for number in query["nodod"].split("."))
            return queries.Behind(handover=(first, then)), _handover(first, then)
        if "pec" in query:
            stopped = int(query["pec"]), rules.Outcome(query["ka"])
            words = _("After “%(step)s”: %(outcome)s") % {
                "step": names.step(stopped[0]),
                "outcome": flow_words.OUTCOMES[stopped[1]],
            }
            return queries.Behind(stopped=stopped), words
        if "solis" in query:
            number = int(query["solis"])
            if query.get("atkal"):
                return queries.Behind(again=number), _("%(step)s, done again") % {"step": names.step(number)}
            return queries.Behind(activity=number), names.step(number)
    except (ValueError, KeyError):
        raise Http404 from None
    return queries.Behind(), _("All cases")


def _handover(first: int, then: int) -> str:
    known = {body.pk: pick(body.name, language()) for body in bodies.all_bodies().filter(pk__in=(first, then))}
    return f"{known.get(first, first)} → {known.get(then, then)}"


def listing(request: HttpRequest, service: Any, at: CaseAt) -> dict[str, Any]:
    """The context of a list of cases."""
    names = Names.of([service.pk])
    wanted, says = behind(request, names)
    page = int(number) if (number := request.GET.get("lapa", "1")).isdecimal() and 0 < int(number) < 10**6 else 1
    rows, total = queries.cases_behind(
        service.pk,
        wanted,
        asked(request),
        on=today.today(),
        described=queries.described_stages(service.pk),
        start=(page - 1) * queries.PAGE,
    )
    if page > 1 and not rows:
        raise Http404
    return {
        "says": says,
        "total": total,
        "table": _table(rows, names, wanted, at),
        "pages": pages(request, number=page, per_page=queries.PAGE, total=total),
    }


def _table(rows: list[queries.CaseRow], names: Names, wanted: queries.Behind, at: CaseAt) -> Table:
    is_passage = wanted.edge is not None or wanted.handover is not None
    return Table(
        code="gadijumi",
        caption=_("Cases"),
        columns=(
            Column(_("Case"), "case"),
            Column(_("First event"), "first"),
            Column(_("Events"), "events", n=True),
            Column(_("This passage took") if is_passage else _("From first to last event"), "took", n=True),
            Column(_("Last step"), "last"),
            Column(_("How it stands"), "state"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(code_of(one.case_id), href=at(code_of(one.case_id))),
                    _moment(one.first_us).date(),
                    one.events,
                    Span(one.took_us) if one.took_us is not None else Muted(),
                    names.step(one.last),
                    _state(one.met),
                )
            )
            for one in rows
        ),
        stack="grid",
        scroll=_("Cases"),
    )


def _state(met: int) -> Tag:
    if met >> Type.DELIVERED & 1:
        return Tag(pgettext("state of a case", "Delivered"), tone="better")
    if met >> Type.WITHDRAWN & 1:
        return Tag(pgettext("state of a case", "Withdrawn"), tone="due")
    if met >> Type.EXPIRED & 1:
        return Tag(pgettext("state of a case", "Expired"), tone="due")
    return Tag(pgettext("state of a case", "Open"), tone="blue")


def _moment(us: int) -> datetime:
    return timezone.localtime(datetime.fromtimestamp(us // 1_000_000, tz=UTC))


def timeline(service: Any, code: str) -> dict[str, Any]:
    """The context of one case. Raises Http404 where the service has no such case."""
    moments = queries.timeline(service.pk, number_of(code))
    if not moments:
        raise Http404
    said, names = language(), Names.of([service.pk])
    labels = terms.labels("channels")["channels"]
    known = {
        body.pk: pick(body.name, said)
        for body in bodies.all_bodies().filter(pk__in={one.provider_id for one in moments})
    }
    rows = []
    before: int | None = None
    for one in moments:
        channel = CHANNELS[one.channel] if 0 < one.channel < len(CHANNELS) else ""
        rows.append(
            Row(
                (
                    days.moment_in_table(_moment(one.occurred_us), said),
                    Cell(names.step(one.activity), under=_("a date that the case carries") if one.is_mark else ""),
                    Span(one.occurred_us - before) if before is not None else "",
                    str(flow_words.STAGES.get(one.stage, "")),
                    pick(labels.get(channel, {}), said) or channel,
                    known.get(one.provider_id, ""),
                )
            )
        )
        before = one.occurred_us
    met = 0
    for one in moments:
        met |= 1 << one.type
    return {
        "code": code,
        "state": _state(met),
        "took": span(moments[-1].occurred_us - moments[0].occurred_us),
        "count": sum(not one.is_mark for one in moments),
        "table": Table(
            code="gadijums",
            caption=_("Events of the case"),
            columns=(
                Column(_("When"), "when"),
                Column(_("Step"), "step"),
                Column(_("After the one before"), "after", n=True),
                Column(_("Stage"), "stage"),
                Column(_("Channel"), "channel"),
                Column(_("Done by"), "provider"),
            ),
            rows=tuple(rows),
            scroll=_("Events of the case"),
        ),
    }
