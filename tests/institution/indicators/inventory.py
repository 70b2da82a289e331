"""Reads the collected Canadian files into measurements by the shortest way there is, without the importer.

A second, naive reading: where the importer and this one agree on a figure, neither is likely to be wrong.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ietvars.ground.bodies import actions as bodies
from ietvars.ground.bodies.models import Body
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import rules
from ietvars.institution.services import inventories as services
from ietvars.institution.services import rules as service_rules

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FOLDER = "data/gc-service-inventory"
SOURCE = "gc-service-inventory"

NEW_CHANNELS = {
    "num_applications_online": "online",
    "num_applications_by_phone": "phone",
    "num_applications_in_person": "in-person",
    "num_applications_by_mail": "post",
    "num_applications_by_email": "email",
    "num_applications_by_fax": "fax",
    "num_applications_by_other": "other",
    "num_applications_total": "",
}
OLD_CHANNELS = {
    "online_applications": "online",
    "telephone_applications": "phone",
    "in_person_applications": "in-person",
    "postal_mail_applications": "post",
    "other_applications": "other",
}
INFOBASE_CHANNELS = {
    "online_application_count": "online",
    "phone_application_count": "phone",
    "live_application_count": "in-person",
    "mail_application_count": "post",
    "other_application_count": "other",
}
STEPS = (
    "os_account_registration",
    "os_authentication",
    "os_application",
    "os_decision",
    "os_issuance",
    "os_issue_resolution_feedback",
)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a packed table."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as opened:
        yield from csv.DictReader(opened)


def said(text: str) -> rules.Said:
    """ND and an empty cell are missing, NA does not apply, a number is measured."""
    clean = text.strip().upper()
    if clean in {"ND", ""}:
        return rules.Said("missing", raw=text)
    if clean == "NA":
        return rules.Said("not_applicable", raw=text)
    try:
        return rules.Said("measured", Decimal(clean), raw=text)
    except InvalidOperation:
        return rules.Said("unreadable", raw=text)


def coded(text: str) -> dict[str, object]:
    """A described field as it is kept."""
    clean = text.strip().upper()
    if clean in {"ND", "NA", ""}:
        return {"state": {"NA": "not_applicable"}.get(clean, "missing"), "value": [], "raw": text}
    return {"state": "measured", "value": [part.strip() for part in clean.split(",")], "raw": text}


def bring(folder: Path, schema: str, period: str) -> int:
    """Bring one yearly edition in: `schema` is "new" or "old". How many services it lists."""
    year = f"{period[:4]}-20{period[5:]}"
    if schema == "new":
        table = [
            row for row in rows(folder / FOLDER / "new-schema/2025-03-01_service.csv.gz") if row["fiscal_yr"] == year
        ]
        holder, scope, feedback, channels = "owner_org", "service_scope", "client_feedback_channel", NEW_CHANNELS
    else:
        table = list(rows(folder / FOLDER / f"old-schema/{year}_services.csv.gz"))
        holder, scope, feedback, channels = "department_name_en", "external_internal", "client_feedback", OLD_CHANNELS
    kept = {row["service_id"]: row for row in reversed(table)}
    this = periods.parse(period)
    ids = _services(kept, holder, this)
    facts, figures = [], []
    for number, row in kept.items():
        service, body = ids[number]
        fields = {"scope": coded(row[scope]), "feedback_channel": coded(row[feedback])}
        fields |= {step: coded(row[step]) for step in STEPS if step in row}
        facts.append(rules.ReportedFacts(service, body, this, fields))
        for column, channel in channels.items():
            figures.append(rules.MeasurementFacts(service, body, this, "requests", said(row[column]), channel=channel))
    _record(f"{schema}-{period}", facts, figures)
    return len(kept)


def bring_infobase(folder: Path, year: int) -> int:
    """Bring the normalised counts of a year in as a later edition. How many services it lists."""
    from ietvars.institution.services import queries

    this = periods.parse(f"{year}-{(year + 1) % 100:02d}")
    known = queries.by_identifier(SOURCE)
    table = [
        row
        for row in rows(folder / FOLDER / "infobase-normalised/service-reports.csv.gz")
        if row["year"] == str(year) and row["service"] in known
    ]
    holders = queries.holders_on(known.values(), this.end)
    facts, figures = [], []
    for row in table:
        service = known[row["service"]]
        facts.append(rules.ReportedFacts(service, holders[service], this))
        for column, channel in INFOBASE_CHANNELS.items():
            figures.append(
                rules.MeasurementFacts(service, holders[service], this, "requests", said(row[column]), channel=channel)
            )
    _record(f"infobase-{year}", facts, figures)
    return len(table)


def bring_standards(folder: Path, period: str) -> int:
    """Bring the results of standards of the newest file in. How many there are."""
    from ietvars.institution.services import queries

    year = f"{period[:4]}-20{period[5:]}"
    known = queries.by_identifier(SOURCE)
    standards, results = {}, {}
    for row in rows(folder / FOLDER / "new-schema/2025-03-01_service-std.csv.gz"):
        if row["fiscal_yr"] != year or row["service_id"] not in known:
            continue
        service, code = known[row["service_id"]], row["service_standard_id"]
        standards[service, code] = rules.StandardFacts(service, code, {"en": row["service_standard_en"]})
        results[service, code] = rules.ResultFacts(
            service,
            code,
            periods.parse(period),
            target=said(row["target"]),
            met=said(row["volume_meeting_target"]),
            total=said(row["total_volume"]),
            performance=said(row["performance"]),
            claimed={"Y": "met", "N": "not-met"}.get(row["target_met"], "not_applicable"),
        )
    edition = measurements.open_edition(
        source=SOURCE, code=f"standards-{period}", title={}, content_hash=f"s{period}", by=SYSTEM, now=NOW
    )
    measurements.record(edition=edition, standards=standards.values(), results=results.values(), by=SYSTEM, now=NOW)
    return len(results)


def _services(table: dict[str, dict[str, str]], holder: str, this: periods.Period) -> dict[str, tuple[int, int]]:
    holders: dict[str, Body] = {}
    for name in {row[holder] for row in table.values()}:
        code = f"body-{abs(hash(name))}"
        known = Body.objects.filter(code=code).first()
        holders[name] = known or bodies.establish(
            code=code, kind="agency", name={"en": name}, short={"en": name[:8]}, by=SYSTEM, now=NOW
        )
    wanted = [
        service_rules.Inventoried(
            value=number,
            holder_id=holders[row[holder]].pk,
            title={"en": row["service_name_en"][:200]},
            since=this.start,
            until=this.end,
            code=f"ca-{number}".lower(),
        )
        for number, row in table.items()
    ]
    done = services.import_services(scheme=SOURCE, rows=wanted, by=SYSTEM, now=NOW)
    return {number: (done.ids[number], holders[row[holder]].pk) for number, row in table.items()}


def _record(code: str, facts: list[rules.ReportedFacts], figures: list[rules.MeasurementFacts]) -> None:
    edition = measurements.open_edition(source=SOURCE, code=code, title={}, content_hash=code, by=SYSTEM, now=NOW)
    measurements.record(edition=edition, reported=facts, measurements=figures, by=SYSTEM, now=NOW)
