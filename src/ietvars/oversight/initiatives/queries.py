"""Reads initiatives, their kinds and their frozen evidence beside what is known today."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from ietvars.ground.terms import queries as terms
from ietvars.ground.terms import rules as term_rules
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators import rules as indicator_rules
from ietvars.institution.measurements import queries as measurements
from ietvars.oversight.initiatives import errors, evidence, rules
from ietvars.oversight.initiatives.models import Initiative, InitiativeStateRow

KINDS = "initiative-kinds"
KINDS_FILE = Path(__file__).with_name("kinds.toml")


# ---- kinds ------------------------------------------------------------------------------------------------------


def shipped_kinds() -> term_rules.ListFacts:
    """The kinds that ship with the product, as a code list."""
    return term_rules.read_list(KINDS_FILE.name, tomllib.loads(KINDS_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Kind:
    """A kind of initiative: what it means, the finder that leads to it first, and what it usually moves, if any."""

    code: str
    label: Mapping[str, str]
    means: Mapping[str, str]
    finder: str = ""
    indicator: str = ""
    direction: str = ""
    is_open: bool = True


def kinds(on: date | None = None) -> dict[str, Kind]:
    """Kinds in the order of the list, ended ones included; on a day `is_open` says which can be chosen."""
    return {
        term.code: Kind(
            code=term.code,
            label=term.label,
            means=term.facts.get("means", {}),
            finder=term.facts.get("finder", ""),
            indicator=term.facts.get("indicator", ""),
            direction=term.facts.get("direction", ""),
            is_open=term.until is None or (on is not None and term.until >= on),
        )
        for term in terms.terms(KINDS)
    }


def kind_for(finder: str) -> str:
    """The kind to which findings of a finder lead first; an empty text where none does."""
    return next((kind.code for kind in kinds().values() if kind.finder == finder), "")


# ---- initiatives ------------------------------------------------------------------------------------------------


def initiatives(
    *,
    states: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    body_ids: Collection[int] | None = None,
    service_ids: Collection[int] | None = None,
) -> QuerySet[Initiative]:
    """Initiatives, newest first, with the body that carries each out and the services it is about."""
    rows = Initiative.objects.select_related("body").prefetch_related("services").order_by("-code")
    if states is not None:
        rows = rows.filter(state__in=states)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    if body_ids is not None:
        rows = rows.filter(body_id__in=body_ids)
    if service_ids is not None:
        rows = rows.filter(services__in=service_ids).distinct()
    return rows


def by_code(code: str) -> Initiative:
    """The initiative of a code, with body and services. Raises NoSuchInitiative."""
    found = initiatives().filter(code=code).first()
    if found is None:
        raise errors.NoSuchInitiative(initiative=code)
    return found


def of_finding(period: str, finder: str, key: str) -> QuerySet[Initiative]:
    """Initiatives that a finding became, newest first."""
    return initiatives().filter(period=period, finder=finder, finding_key=key)


def states_of(initiative: Initiative) -> list[InitiativeStateRow]:
    """The way of an initiative so far."""
    return list(InitiativeStateRow.objects.filter(initiative=initiative).order_by("at", "pk"))


def waiting(on: date) -> QuerySet[Initiative]:
    """Adopted initiatives whose deadline is over."""
    return initiatives(states=[rules.State.ADOPTED]).filter(deadline__lt=on)


def next_code(year: int) -> str:
    """The next free number of a year."""
    codes = Initiative.objects.filter(code__startswith=f"{year:04d}-").values_list("code", flat=True)
    return rules.code_of(year, max((int(code.rpartition("-")[2]) for code in codes), default=0) + 1)


# ---- evidence ---------------------------------------------------------------------------------------------------


def rows(period: str, services: Mapping[int, str], codes: Collection[str]) -> list[evidence.Row]:
    """Figures of a period as evidence takes them: services by id and code, indicators by code. Four queries."""
    known = {pk: each for pk, each in indicators.indicators().items() if each.code in codes}
    found = indicators.kept(period, list(known), list(services))
    holders = indicators.named_bodies({row.holder_id for row in found})
    names = {edition.pk: edition.name for edition in editions_by_id().values()}
    return [
        evidence.Row(
            service=services[row.service_id],
            holder=holders[row.holder_id],
            indicator=known[row.definition_id],
            figure=row.figure,
            editions=tuple(sorted(names[pk] for pk in row.figure.editions if pk in names)),
        )
        for row in found
    ]


@dataclass(frozen=True)
class NumberedEdition(evidence.Edition):
    """An edition with its id in this database."""

    pk: int = 0


def editions_by_id() -> dict[int, NumberedEdition]:
    """Every edition as evidence names it."""
    return {
        row.pk: NumberedEdition(row.source, row.code, row.content_hash, row.is_illustrative, pk=row.pk)
        for row in measurements.editions()
    }


def frozen(initiative: Initiative) -> evidence.Frozen:
    """The frozen evidence of an initiative, read again."""
    return evidence.read(initiative.frozen)


@dataclass(frozen=True)
class Proof:
    """Whether what was frozen is still what was fingerprinted, at the proposal and at the check (None before it)."""

    evidence: bool
    check: bool | None
    fingerprint: str

    @property
    def is_intact(self) -> bool:
        """Whether all that is frozen is intact."""
        return self.evidence and self.check is not False


def verify(initiative: Initiative) -> Proof:
    """Compute the fingerprints anew from what is kept."""
    return Proof(
        evidence=evidence.is_intact(initiative.frozen, initiative.frozen_hash),
        check=evidence.is_intact(initiative.check_frozen, initiative.check_hash) if initiative.check_hash else None,
        fingerprint=indicator_rules.fingerprint(initiative.frozen),
    )


def evidence_beside(initiative: Initiative) -> tuple[evidence.Beside, ...]:
    """Each frozen figure beside what is known today of the same service, indicator and period, and why they differ."""
    kept = frozen(initiative)
    services = {service.pk: service.code for service in initiative.services.all()}
    codes = {row.indicator.code for row in kept.rows}
    return evidence.beside(kept, rows(kept.period, services, codes))


# ---- documents --------------------------------------------------------------------------------------------------


def document(found: Iterable[Initiative] | None = None) -> dict[str, Any]:
    """What `ietvars initiatives --json` prints: stable, told in docs/howto/json-of-commands.md."""
    told = [_told(initiative) for initiative in (initiatives() if found is None else found)]
    return {
        "document": "ietvars/initiatives",
        "version": 1,
        "is_illustrative": any(one["is_illustrative"] for one in told),
        "states": {state.value: sum(one["state"] == state.value for one in told) for state in rules.State},
        "kinds": [
            {"code": kind.code, "label": dict(kind.label), "means": dict(kind.means), "finder": kind.finder}
            for kind in kinds().values()
        ],
        "initiatives": told,
    }


def _told(initiative: Initiative) -> dict[str, Any]:
    proof = verify(initiative)
    return {
        "code": initiative.code,
        "kind": initiative.kind,
        "title": initiative.title,
        "reason": initiative.reason,
        "state": initiative.state,
        "finding": {"finder": initiative.finder, "key": initiative.finding_key} if initiative.finder else None,
        "services": sorted(service.code for service in initiative.services.all()),
        "body": initiative.body.code,
        "owner": initiative.owner,
        "proposed_by": initiative.proposed_by,
        "expected": {
            "indicator": initiative.indicator,
            "direction": initiative.expected_direction,
            "period": initiative.period,
            "baseline": indicator_rules.plain(initiative.baseline),
            "target": indicator_rules.plain(initiative.target),
            "deadline": initiative.deadline.isoformat(),
            "check_period": initiative.check_period,
        },
        "decision": {
            "text": initiative.decision_text,
            "by": initiative.decided_by,
            "at": initiative.decided_at.isoformat() if initiative.decided_at else None,
        }
        if initiative.decided_by
        else None,
        "check": {
            "outcome": initiative.outcome,
            "reason": initiative.outcome_reason,
            "at": initiative.checked_at.isoformat() if initiative.checked_at else None,
            "frozen_hash": initiative.check_hash,
            "is_intact": proof.check,
        }
        if initiative.outcome
        else None,
        "frozen": evidence.as_document(initiative.frozen),
        "frozen_at": initiative.frozen_at.isoformat(),
        "frozen_hash": initiative.frozen_hash,
        "is_intact": proof.evidence,
        "is_illustrative": initiative.is_illustrative,
    }


def named_services(initiative: Initiative) -> dict[int, str]:
    """Id and code of the services it is about."""
    return {service.pk: service.code for service in initiative.services.all()}
