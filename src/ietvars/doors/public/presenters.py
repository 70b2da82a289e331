"""Words and order of the public pages as frozen dataclasses; templates only place them. It decides nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ietvars.doors.furniture import days, words
from ietvars.doors.furniture.marks import Link, Tag
from ietvars.doors.furniture.parts import Fact, Facts, Step, Steps
from ietvars.ground.terms.rules import pick
from ietvars.institution.services import rules as service_rules

Labels = Mapping[str, Mapping[str, str]]

# Latvian asks for the dative after "up to" and the accusative for a span, so the forms are said here.
_UP_TO_WORKING_DAYS = {
    "lv": ("darbdienai", "darbdienām", "darbdienām"),
    "en": ("working day", "working days"),
}
_FOR_MONTHS = {"lv": ("mēnesi", "mēnešus", "mēnešus"), "en": ("month", "months")}


@dataclass(frozen=True)
class Hit:
    """One service in a list: title, one sentence, who, how, how long."""

    title: str
    href: str
    says: str
    meta: tuple[str, ...]
    tag: Tag | None = None


@dataclass(frozen=True)
class Folded:
    """Copies of one service in other municipalities, folded into one line."""

    title: str
    count: int
    says: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Card:
    """One life situation on the first page."""

    title: str
    href: str
    says: str


@dataclass(frozen=True)
class Channel:
    """A column of the table of stages."""

    code: str
    head: str


@dataclass(frozen=True)
class StageRow:
    """One of the three legal stages: what happens, who does it, and for each channel whether it can be used."""

    name: str
    text: str
    providers: tuple[Link, ...]
    can: tuple[tuple[str, bool], ...]
    has_channels: bool


def holder_name(service: Any, language: str) -> str:
    """Name of today's holder, in full."""
    return pick(service.holder_name, language)


def term(service: Any, language: str) -> str:
    """How long a person waits, in words; empty when the description does not say."""
    if service.is_immediate:
        return _("at once")
    if service.term_days is None:
        return ""
    return _("up to %(days)s") % {"days": words.counted(service.term_days, _UP_TO_WORKING_DAYS[language], language)}


def fee(service: Any, language: str) -> str:
    """What a person pays, in words."""
    rows = list(service.fees.all())
    if not rows:
        return _("Free of charge")
    amounts = sorted({row.amount for row in rows if row.amount is not None})
    if not amounts:
        return pick(rows[0].text, language) or _("See below")
    lowest = words.money(amounts[0], language)
    return lowest if len(amounts) == 1 else _("from %(amount)s") % {"amount": lowest}


def channels_of(service: Any, stage: str) -> list[str]:
    """Channel codes of a stage in the order of the description."""
    return list(
        dict.fromkeys(
            row.channel
            for one in service.stages.all()
            if one.name == stage
            for row in one.deliveries.all()
            if row.channel
        )
    )


def hit(service: Any, language: str, labels: Labels, today: date, *, with_holder: bool = True) -> Hit:
    """A service as a search result or row of a list."""
    ways = [pick(labels.get(code, {}), language) or code for code in channels_of(service, "request")[:3]]
    meta = [holder_name(service, language)] if with_holder else []
    if ways:
        meta.append(words.capital(", ".join(ways)))
    meta.extend(part for part in (words.capital(term(service, language)), fee(service, language)) if part)
    return Hit(
        title=pick(service.title, language),
        href=reverse("public:service", args=[service.code]),
        says=pick(service.summary, language),
        meta=tuple(meta),
        tag=stale_tag(service, today, language),
    )


def stale_tag(service: Any, today: date, language: str) -> Tag | None:
    """A mark for visitors when nobody has confirmed the description within the rhythm its owner picked."""
    reviewed_on = service.reviewed_on
    if reviewed_on is None or not service_rules.is_overdue(reviewed_on, service.review_months, today):
        return None
    months = max(1, (today.year - reviewed_on.year) * 12 + today.month - reviewed_on.month)
    said = words.counted(months, _FOR_MONTHS[language], language)
    return Tag(_("Not reviewed for %(months)s") % {"months": said}, tone="due")


def facts(service: Any, language: str) -> Facts:
    """The four facts at the top of a service's page."""
    rows = []
    if pick(service.receives, language):
        rows.append(Fact(_("What you get"), pick(service.receives, language), _mark(service, "receives")))
    if term(service, language):
        rows.append(Fact(_("How long to wait"), term(service, language), _mark(service, "term_days")))
    rows.append(Fact(_("Price"), fee(service, language), _mark(service, "fees")))
    if pick(service.apply_within, language):
        rows.append(Fact(_("When to apply"), pick(service.apply_within, language), _mark(service, "apply_within")))
    return Facts(tuple(rows))


def _mark(service: Any, name: str) -> str:
    return _("illustrative value") if name in service.illustrative else ""


def stage_table(
    service: Any, language: str, labels: Labels, stage_labels: Labels
) -> tuple[tuple[Channel, ...], tuple[StageRow, ...]]:
    """Stages by channels: which of the channels of the service can be used at which stage."""
    codes = list(dict.fromkeys([*channels_of(service, "request"), *channels_of(service, "receipt")]))
    columns = tuple(Channel(code, words.capital(pick(labels.get(code, {}), language) or code)) for code in codes)
    rows = []
    stages = {one.name: one for one in service.stages.all()}
    for number, name in enumerate(("request", "execution", "receipt"), 1):
        stage = stages.get(name)
        if stage is None:
            continue
        own = set(channels_of(service, name))
        providers = {row.provider.code: row.provider for row in stage.deliveries.all()}
        rows.append(
            StageRow(
                name=f"{number}. {words.capital(pick(stage_labels.get(name, {}), language) or name)}",
                text=pick(stage.text, language),
                providers=tuple(
                    Link(pick(body.name, language), reverse("public:body", args=[body.code]))
                    for body in providers.values()
                ),
                can=tuple((column.head, column.code in own) for column in columns),
                has_channels=bool(own),
            )
        )
    return columns, tuple(rows)


def steps(groups: Sequence[Sequence[Any]], language: str, labels: Labels) -> Steps:
    """The steps of a life situation; those at the same time stand beside the first of their group."""
    rows = []
    for group in groups:
        for position, step in enumerate(group):
            service = step.service
            title = step_title(step, language)
            says = pick(step.text, language) or (pick(service.summary, language) if service else "")
            meta = []
            if service is not None:
                meta = [
                    part for part in (holder_name(service, language), words.capital(term(service, language))) if part
                ]
            rows.append(
                Step(
                    name=title,
                    says=says,
                    deadline=pick(step.deadline, language),
                    meta=tuple(meta),
                    href=service_href(service) if service else "",
                    beside=position > 0,
                    optional=step.is_optional,
                )
            )
    return Steps(tuple(rows), level=2)


def step_title(step: Any, language: str) -> str:
    """A step's own title, else that of its service."""
    own = pick(step.title, language)
    return own or (pick(step.service.title, language) if step.service else "")


def service_href(service: Any) -> str:
    """Address of a service's page; nothing for one that people cannot read."""
    return reverse("public:service", args=[service.code]) if service.state == "published" else ""


def situation_says(step_count: int, holders: int, language: str) -> str:
    """How much a life situation holds, e.g. "6 steps, 3 institutions"."""
    said_steps = words.count(step_count, "step", language)
    said_bodies = words.count(holders, "institution", language)
    return f"{said_steps}, {said_bodies}" if holders else said_steps


def folded(title: str, services: Iterable[Any], language: str) -> Folded:
    """One line for the copies of a service elsewhere."""
    rows = sorted(services, key=lambda one: pick(one.holder_name, language))
    links = tuple(Link(pick(one.holder_name, language), reverse("public:service", args=[one.code])) for one in rows)
    says = ngettext("%(count)s more municipality offers it", "%(count)s more municipalities offer it", len(links)) % {
        "count": len(links)
    }
    return Folded(title, len(links), says, links)


def reviewed(day: date | None, language: str) -> str:
    """When the description was last confirmed, in words."""
    if day is None:
        return _("Not reviewed yet.")
    return _("Reviewed on %(day)s.") % {"day": days.in_text(day, language)}
