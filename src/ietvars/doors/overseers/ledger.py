"""Presenters of initiatives: their table, frozen evidence beside today's figures, expectation, outcome, facts.

They take what the room has read and place words, marks and links; they decide nothing.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ietvars.doors.furniture import days, parts, readings, today, words
from ietvars.doors.furniture.marks import Link, Muted, Outcome, State, Tag, Value, Verdict
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import address
from ietvars.ground.people import queries as people
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.oversight.initiatives import evidence, queries, rules

LATEST = 5

OUTCOMES: Mapping[str, Outcome] = {
    rules.Outcome.REACHED: Outcome.BETTER,
    rules.Outcome.MOVED: Outcome.CHANGED,
    rules.Outcome.NOT_MOVED: Outcome.SAME,
    rules.Outcome.OPPOSITE: Outcome.WORSE,
    rules.Outcome.UNKNOWN: Outcome.NONE,
}


def outcome_words(outcome: str) -> str:
    """What a check said, in words."""
    said = {
        rules.Outcome.REACHED: _("It worked"),
        rules.Outcome.MOVED: _("It moved, but not as far as meant"),
        rules.Outcome.NOT_MOVED: _("The indicator did not move"),
        rules.Outcome.OPPOSITE: _("It moved the other way"),
        rules.Outcome.UNKNOWN: _("It cannot be told"),
    }
    return said[rules.Outcome(outcome)]


def reason_words(reason: str) -> str:
    """Why a check said no more than it did."""
    said = {
        "below_target": _("The indicator has moved clearly, but the target is not reached."),
        "baseline_restated": _("Later editions changed the figure from which it started, and the answer with it."),
    }
    return str(said.get(reason) or readings.REASON.get(reason, ""))


def state_mark(initiative: Any) -> object:
    """Where an initiative stands."""
    if initiative.state == rules.State.CHECKED:
        return Verdict(OUTCOMES[initiative.outcome], says=outcome_words(initiative.outcome))
    said = {
        rules.State.PROPOSED: Tag(_("Proposed, waits for a decision"), tone="due"),
        rules.State.ADOPTED: Tag(_("Decided, under way"), tone="blue"),
        rules.State.REJECTED: Tag(_("Rejected")),
    }
    return said[rules.State(initiative.state)]


def state_words(state: str) -> str:
    """The name of a state."""
    said = {
        rules.State.PROPOSED: _("Proposed"),
        rules.State.ADOPTED: _("Decided"),
        rules.State.REJECTED: _("Rejected"),
        rules.State.CHECKED: _("Checked"),
    }
    return said[rules.State(state)]


# ---- tables -----------------------------------------------------------------------------------------------------


def table(rows: Iterable[Any]) -> Table:
    """Initiatives with who carries each out, by when, and where it stands."""
    said = language()
    kinds = queries.kinds()
    held = list(rows)
    return Table(
        code="iniciativas",
        caption=_("Initiatives"),
        columns=(
            Column(_("Initiative"), "initiative"),
            Column(pgettext("initiative", "Number"), "code"),
            Column(_("Carried out by"), "body"),
            Column(_("Deadline"), "deadline", n=True),
            Column(_("State"), "state"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        row.title,
                        href=address("initiative", row.code),
                        under=pick(kinds[row.kind].label, said) if row.kind in kinds else row.kind,
                    ),
                    row.code,
                    pick(row.body.short, said) or pick(row.body.name, said),
                    row.deadline,
                    state_mark(row),
                ),
                illustrative=row.is_illustrative,
            )
            for row in held
        ),
        scroll=_("Initiatives"),
        illustrative=any(row.is_illustrative for row in held),
    )


def latest_table() -> Table:
    """The newest few, for the page of the state."""
    return table(queries.initiatives()[:LATEST])


def newest_evidence() -> parts.Evidence | None:
    """The evidence of the newest initiative that is still open."""
    newest = queries.initiatives(states=[rules.State.PROPOSED, rules.State.ADOPTED]).first()
    return frozen_evidence(newest, level=3) if newest else None


# ---- evidence ---------------------------------------------------------------------------------------------------


def frozen_evidence(initiative: Any, *, level: int = 2) -> parts.Evidence:
    """What was frozen, beside what is known today, with what is needed to check it."""
    said = language()
    kinds = queries.kinds()
    proof = queries.verify(initiative)
    names = people.names([initiative.proposed_by])
    who = pick(names.get(initiative.proposed_by), said) or initiative.proposed_by
    when = days.moment_in_table(timezone.localtime(initiative.frozen_at), said)
    return parts.Evidence(
        kind=pick(kinds[initiative.kind].label, said) if initiative.kind in kinds else initiative.kind,
        title=Link(initiative.title, address("initiative", initiative.code)).html() if level > 2 else _("Evidence"),
        expectation=expectation(initiative),
        table=beside_table(initiative),
        proof=(
            (_("Frozen document"), Link(_("the whole of it, as JSON"), address("evidence", initiative.code))),
            (
                _("Fingerprint now"),
                _("the same, nothing was changed") if proof.evidence else _("another: it was changed"),
            ),
            (_("Frozen by"), f"{who}, {when}"),
        ),
        digest=initiative.frozen_hash,
        illustrative=initiative.is_illustrative,
        level=level,
    )


def name_of(code: str) -> str:
    definition = next((row for row in reversed(indicators.all_definitions()) if row.code == code), None)
    return pick(definition.name, language()) if definition else code


def unit_of(code: str) -> str:
    definition = next((row for row in reversed(indicators.all_definitions()) if row.code == code), None)
    return definition.unit if definition else ""


def said_of(number: Decimal | None, unit: str) -> str:
    shown = readings.value(state=State.MISSING if number is None else State.MEASURED, number=number, unit=unit, n=1000)
    if number is None or shown.unit:
        return shown.text()
    return f"{shown.text()}{words.NO_BREAK}{readings.unit(unit)}"


def expectation(initiative: Any) -> str:
    """What is expected, in one sentence and the check in another."""
    said = language()
    unit = unit_of(initiative.indicator)
    told = {
        ("up", True): _("We expect “%(name)s” to rise from %(from)s to at least %(to)s by %(day)s."),
        ("up", False): _("We expect “%(name)s” to rise from %(from)s by %(day)s."),
        ("down", True): _("We expect “%(name)s” to fall from %(from)s to at most %(to)s by %(day)s."),
        ("down", False): _("We expect “%(name)s” to fall from %(from)s by %(day)s."),
    }[initiative.expected_direction, initiative.target is not None]
    first = told % {
        "name": name_of(initiative.indicator),
        "from": said_of(initiative.baseline, unit),
        "to": said_of(initiative.target, unit),
        "day": days.in_text(initiative.deadline, said, "dative" if said == words.LATVIAN else "locative"),
    }
    second = _("The check is by the figures of %(period)s.") % {
        "period": days.period(initiative.check_period, said, "genitive")
    }
    return f"{first} {second}"


def beside_table(initiative: Any) -> Table:
    """Each frozen figure, the same figure today, and why they differ."""
    said = language()
    kept = queries.frozen(initiative)
    titles = {service.code: pick(service.title, said) for service in initiative.services.all()}
    rows = queries.evidence_beside(initiative)
    caption = _("The evidence as it was on %(day)s") % {"day": days.in_text(initiative.frozen_at.date(), said)}
    return Table(
        code=f"{initiative.code}-pieradijumi",
        caption=caption,
        show_caption=True,
        columns=(
            Column(_("Indicator"), "indicator"),
            Column(_("Frozen"), "frozen", values=True),
            Column(_("Today"), "today", values=True),
            Column(_("Why they differ"), "why"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        f"{pick(row.then.indicator.name, said)}, {days.period_short(kept.period, said)}",
                        under=_place(row, titles if len(titles) > 1 else {}),
                    ),
                    _figure(row.then),
                    _figure(row.today) if row.today else Value(state=State.MISSING),
                    why_words(row),
                )
            )
            for row in rows
        ),
    )


def _place(row: evidence.Beside, titles: Mapping[str, str]) -> str:
    return ", ".join(part for part in (titles.get(row.then.service, ""), row.then.figure.channel) if part)


def _figure(row: evidence.Row) -> Value:
    figure = row.figure
    n = int(figure.denominator) if figure.denominator is not None else figure.n
    return readings.value(state=figure.state.value, number=figure.value, unit=row.indicator.unit, n=n)


def why_words(row: evidence.Beside) -> object:
    """Why a frozen figure and today's differ; that they do not, where they do not."""
    if row.is_same:
        return Muted(_("they do not"))
    said = {
        "gone": _("it is no longer computed"),
        "definition_changed": _("the definition changed"),
        "later_edition": _("later edition: %(names)s")
        % {"names": ", ".join(sorted(set(row.today.editions if row.today else ()) - set(row.then.editions))) or "–"},
        "restated": _("it was restated"),
        "holder_changed": _("another holder"),
        "otherwise": _("what it is computed from changed"),
    }
    told = "; ".join(said[code] for code in row.why)
    then, now = row.then.figure.value, row.today.figure.value if row.today else None
    if then is None or now is None or then == now:
        return words.capital(told)
    return f"{words.capital(told)}, {readings.difference(now - then, row.then.indicator.unit)}"


def facts(found: Any, names: Mapping[str, Mapping[str, str]]) -> parts.Facts:
    said = language()

    def name(username: str) -> str:
        return pick(names.get(username), said) or username

    made = [
        parts.Fact(
            _("Carried out by"),
            Link(pick(found.body.name, said), address("body", found.body.code)),
        ),
        parts.Fact(_("Answers for it"), name(found.owner)),
        parts.Fact(_("Proposed by"), name(found.proposed_by)),
        parts.Fact(
            _("Deadline"),
            found.deadline,
            under=days.distance(found.deadline, today.today(), said) if found.state == rules.State.ADOPTED else "",
        ),
    ]
    return parts.Facts(tuple(made))


def check_words(found: Any) -> dict[str, object]:
    """What the check said, with the figures it saw."""
    said = language()
    unit = unit_of(found.indicator)
    document = evidence.as_document(found.check_frozen)
    seen = document["since_frozen"]
    return {
        "verdict": Verdict(
            OUTCOMES[found.outcome], says=outcome_words(found.outcome), why=reason_words(found.outcome_reason)
        ),
        "sentence": _("“%(name)s” stood at %(from)s when it was frozen, and in %(period)s at %(to)s.")
        % {
            "name": name_of(found.indicator),
            "from": said_of(_decimal(seen["baseline"]), unit),
            "to": said_of(_decimal(seen["now"]), unit),
            "period": days.period(found.check_period, said, "locative"),
        },
        "digest": found.check_hash,
        "is_intact": queries.verify(found).check,
    }


def _decimal(said: object) -> Decimal | None:
    return None if said is None else Decimal(str(said))
