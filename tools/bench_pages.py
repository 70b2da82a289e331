"""Measure an installation with all its events: the refresh after new ones, drilling down to facts, the pages of desks.

All in the installation of tools/bench_town.py, each in a process of its own; what changes it works on a copy whose
files are links, since files of a lake never change. `python tools/bench_pages.py refresh|drill|pages` is one such
process.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import bench_data
import bench_town
from bench_data import Sheet
from place import Place

NEW_EVENTS, LATE_SHARE = 100_000, 0.1
REFRESH, TYPICAL, BIGGEST, PAGE_MS = 1 / 15, 1 / 300, 1 / 20, 60.0
ROUNDS = 30
BACKEND = "django.contrib.auth.backends.ModelBackend"

OWNER_PAGES = {
    "the desk of an owner": "/darbvieta/",
    "deliveries of the biggest service": "/darbvieta/pakalpojumi/{big}/gaita/",
    "deliveries of a typical service": "/darbvieta/pakalpojumi/{typical}/gaita/",
    "the flow of the biggest service": "/darbvieta/pakalpojumi/{big}/plusma/",
}
OVERSEER_PAGES = {
    "the state": "/parraudziba/",
    "deliveries of the state": "/parraudziba/gaita/",
}


def refresh(sheet: Sheet) -> None:
    """New events on top of all, laid and brought into the marts, beside the full recompute."""
    where = _copied(sheet.size)
    events = min(NEW_EVENTS, sheet.size // 10)
    sheet.head(f"The refresh after {events:,} new events on {sheet.size:,}, beside the full recompute; in seconds")
    told = _apart(where, "refresh", str(events))
    ratio = (told["compact"] + told["refresh"]) / told["recompute"]
    more = f"{told['compact']:.2f} s to lay, {told['refresh']:.2f} s to refresh, {told['recompute']:.2f} s in full"
    sheet.at_most("refresh", "laying and refreshing, times the recompute", ratio, REFRESH, more, **told)
    sheet.figure("refresh", "refreshing alone", f"{told['refresh'] / told['recompute']:.3f} of the recompute")
    sheet.equal(
        "refresh", "every cell, beside a recompute of everything", told["equal"], f"{told['cases']:,} cases anew"
    )
    shutil.rmtree(where.folder)


def drill(sheet: Sheet) -> None:
    """The flow of one service counted now from its facts, beside the full recompute."""
    told = _apart(bench_town.at(sheet.size), "drill")
    sheet.head(f"Drilling down to the facts of one service of {bench_data.SERVICES:,}, beside the full recompute")
    for name, limit in (("typical", TYPICAL), ("biggest", BIGGEST)):
        one = told[name]
        more = f"{one['seconds'] * 1000:.0f} ms, {one['events']:,} events; recompute {told['recompute']:.2f} s"
        sheet.at_most("drill", f"{name} service, times the recompute", one["seconds"] / told["recompute"], limit, more)


def pages(sheet: Sheet) -> None:
    """Server time of the pages of owner and overseer."""
    told = _apart(bench_town.at(sheet.size), "pages")
    sheet.head(f"Pages over {sheet.size:,} events, milliseconds of work, median of {ROUNDS}")
    for name, one in told.items():
        if one["status"] == 200:
            more = f"{one['queries']} queries, {one['kilobytes']:.0f} kB"
            sheet.at_most("pages", name, one["milliseconds"], PAGE_MS, more, **one)
        else:
            sheet.equal("pages", name, False, f"answered {one['status']}")  # noqa: FBT003 - never equal


def _apart(where: Place, *words: str) -> dict[str, Any]:
    return bench_data.apart("bench_pages.py", *words, env=where.environment)


def _copied(size: int) -> Place:
    """The installation once more: its database copied, its files linked."""
    source = bench_town.at(size)
    folder = source.folder.with_name(f"{source.folder.name}-refresh")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source.folder, folder, copy_function=os.link)
    for path in [*folder.glob("*.sqlite3*")]:
        path.unlink()
        shutil.copy(source.folder / path.name, path)
    return Place(folder, source.services)


# ---- within it -------------------------------------------------------------------------------------------------------


def _refresh(events: str) -> dict[str, Any]:
    from django.utils import timezone

    import figures_of
    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.cases import recomputing, refreshing
    from ietvars.institution.deliveries import actions, compacting

    now = timezone.now()
    taken = actions.take_in(events=_new_events(int(events)), by=SYSTEM, now=now)
    seconds = {}
    begun = time.perf_counter()
    compacting.compact(by=SYSTEM, now=now)
    seconds["compact"] = time.perf_counter() - begun
    begun = time.perf_counter()
    done = refreshing.refresh(by=SYSTEM, now=now)
    seconds["refresh"] = time.perf_counter() - begun
    if done.anew:
        raise SystemExit("The refresh computed everything anew.")
    refreshed = figures_of.digest()
    begun = time.perf_counter()
    recomputing.recompute(by=SYSTEM, now=now)
    seconds["recompute"] = time.perf_counter() - begun
    is_equal = refreshed == figures_of.digest()
    return {**seconds, "equal": is_equal, "cases": done.cases, "events": taken.accepted}


def _new_events(count: int) -> list[Any]:
    """New cases of the last two months, and late words about cases that are there."""
    import dataclasses

    from ietvars.doors.machines.feeds.simulated import making, streaming

    late = int(count * LATE_SHARE)
    plan = making.Plan(bench_data.state(), seed=99, cases=1, until=bench_data.UNTIL, months=2)
    plan = dataclasses.replace(plan, cases=making.cases_for(plan, int((count - late) * 1.05)))
    return [*_late(late), *list(streaming.events(plan))[: count - late]]


def _late(count: int) -> list[Any]:
    """Contacts and ratings about cases of the last half year that are in the lake."""
    from ietvars.ground.lake import engines
    from ietvars.ground.lake import queries as lake
    from ietvars.institution.deliveries import facts, rules
    from ietvars.institution.deliveries.events import Event

    cohorts = lake.cohorts("facts")[-6:]
    with engines.duck() as connection:
        rows = connection.execute(
            "SELECT case_id, service_id, holder_id, provider_id, occurred_us, day, person_key, service_version"  # noqa: S608
            f" FROM {engines.reading(lake.paths('facts', cohorts=cohorts))}"
            f" WHERE type = {int(facts.Type.OPENED)} ORDER BY hash(case_id) LIMIT {count}"
        ).fetchall()
    kinds = (facts.Type.CONTACT, facts.Type.RATED)
    return [
        Event(
            event_id=rules.event_digest("urn:late", str(number)), case_id=case, service_id=service, holder_id=holder,
            provider_id=provider, type=int(kinds[number % 2]), occurred_us=at + 3_600_000_000, day=rules.legal_day(at),
            person_key=person, service_version=version, contact=1 - number % 2, rating=700 if number % 2 else None,
            rating_method=number % 2,
        )
        for number, (case, service, holder, provider, at, _, person, version) in enumerate(rows)
    ]  # fmt: skip


def _volumes() -> list[tuple[int, int]]:
    """(service, events) of all services, smallest first."""
    from ietvars.ground.lake import engines
    from ietvars.ground.lake import queries as lake

    with engines.duck() as connection:
        rows: list[tuple[int, int]] = connection.execute(
            f"SELECT service_id, sum(events)::BIGINT FROM {engines.reading(lake.paths('mart_month'))}"  # noqa: S608
            " GROUP BY service_id ORDER BY 2, 1"
        ).fetchall()
    return rows


def _drill() -> dict[str, Any]:
    from django.utils import timezone

    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.cases import recomputing
    from ietvars.institution.flows import queries as flows

    volumes = _volumes()
    found: dict[str, Any] = {}
    for name, (service, events) in (("typical", volumes[len(volumes) // 2]), ("biggest", volumes[-1])):
        asked = partial(flows.flows, [service], on=bench_data.UNTIL)
        asked()
        found[name] = {"seconds": min(_timed(asked) for _ in range(5)), "events": events}
    begun = time.perf_counter()
    recomputing.recompute(by=SYSTEM, now=timezone.now())
    return {**found, "recompute": time.perf_counter() - begun}


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _pages() -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    from ietvars.doors import wsgi  # it sets the process up as the server's
    from ietvars.ground.people import queries as people
    from ietvars.institution.services import queries as services

    assert callable(wsgi.application)
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    owner = people.by_username(bench_town.OWNER)
    assert owner is not None
    reach = people.actor_of(people.capacities_of(owner)[0]).reach
    codes = {service.pk: service.code for service in services.of(reach)}
    own = [codes[pk] for pk, _ in _volumes() if pk in codes]
    said = {"big": own[-1], "typical": own[len(own) // 2]}
    found = {}
    for username, asked in ((bench_town.OWNER, OWNER_PAGES), (bench_town.OVERSEER, OVERSEER_PAGES)):
        person = people.by_username(username)
        assert person is not None
        client = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="127.0.0.1")
        client.force_login(person, backend=BACKEND)
        for name, address in asked.items():
            found[name] = _page(partial(client.get, address.format(**said)))
    return found


def _page(ask: Callable[[], Any]) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer = ask()
    if answer.status_code != 200:
        return {"status": answer.status_code}
    with CaptureQueriesContext(connection) as captured:
        ask()
    # They are forgotten with the next request.
    queries = len(captured)
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        ask()
        spent.append((time.process_time() - begun) * 1000)
    size = len(answer.content) / 1000
    return {"status": 200, "milliseconds": statistics.median(spent), "queries": queries, "kilobytes": size}


WITHIN: dict[str, Callable[..., dict[str, Any]]] = {"refresh": _refresh, "drill": _drill, "pages": _pages}


def main(argv: list[str]) -> int:
    """One process, told as JSON on the last line."""
    import django

    django.setup()
    print(json.dumps(WITHIN[argv[0]](*argv[1:])))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(main(sys.argv[1:]))
