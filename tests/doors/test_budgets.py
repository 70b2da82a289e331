"""How many questions a page may put to the database: so many, and no more when there is more to show.

The first guards against a page that asks for the same thing again and again, the second against one that asks once
for each row. Times are measured by `make bench`, not here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ietvars.ground.people.rules import SYSTEM, Role
from tests.doors.town import (
    BEFORE,
    IN_REACH,
    INDICATOR,
    PERIOD,
    POSITIONS,
    RELEASE,
    ROUND,
    SITUATION,
    UNPUBLISHED,
    service_of,
)
from tests.world import NOW, TODAY, texts

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

VISITOR, OWNER, APPROVER, OVERSEER = "", Role.SERVICE_OWNER.value, Role.LIST_APPROVER.value, Role.OVERSEER.value
OWN = service_of("own")

# A page, who asks for it, and how many questions it may put. A page of staff asks five about who is asking.
BUDGETS = (
    ("/", VISITOR, 18),
    ("/meklet/?q=pabalsts", VISITOR, 18),
    ("/meklet/?q=kosmosa+kuģis", VISITOR, 18),
    ("/meklet/?q=pablsts", VISITOR, 18),
    ("/meklet/ieteikumi/?q=pab", VISITOR, 3),
    ("/pakalpojumi/", VISITOR, 12),
    ("/pakalpojumi.csv", VISITOR, 6),
    (f"/pakalpojumi/{OWN}/", VISITOR, 20),
    ("/situacijas/", VISITOR, 8),
    (f"/situacijas/{SITUATION}/", VISITOR, 10),
    ("/iestades/", VISITOR, 8),
    ("/iestades/own/", VISITOR, 18),
    ("/ieiet/", VISITOR, 8),
    ("/api/v1/services", VISITOR, 4),
    (f"/api/v1/services/{OWN}", VISITOR, 12),
    ("/api/v1/bodies", VISITOR, 4),
    ("/api/v1/situations", VISITOR, 4),
    ("/api/v1/lists", VISITOR, 4),
    ("/api/v1/ratings", VISITOR, 4),
    # The desk asks every room once what is due: drafts, gaps, newer canvases, rounds, feedback, links, figures.
    ("/darbvieta/", OWNER, 44),
    ("/darbvieta/", APPROVER, 25),
    ("/darbvieta/pakalpojumi/", OWNER, 20),
    ("/darbvieta/pakalpojumi.csv", OWNER, 20),
    (f"/darbvieta/pakalpojumi/{OWN}/", OWNER, 28),
    (f"/darbvieta/pakalpojumi/{OWN}/raditaji/{INDICATOR}/", OWNER, 25),
    (f"/darbvieta/pakalpojumi/{OWN}/gaita/", OWNER, 30),
    ("/darbvieta/saraksti/", OWNER, 12),
    ("/darbvieta/izklajlapas/", OWNER, 14),
    ("/darbvieta/atsauksmes/?visas=1", OWNER, 24),
    ("/darbvieta/atsauksmes.csv?visas=1", OWNER, 10),
    (f"/darbvieta/saraksti/own/{UNPUBLISHED}/", OWNER, 20),
    ("/darbvieta/meklejumi/", OWNER, 14),
    ("/darbvieta/kvalitate/", OWNER, 22),
    ("/darbvieta/kvalitate/teksti.csv", OWNER, 14),
    (f"/darbvieta/pakalpojumi/{OWN}/kvalitate/", OWNER, 22),
    ("/parraudziba/reorganizacijas/", OVERSEER, 12),
    ("/parraudziba/meklejumi/", OVERSEER, 16),
    ("/parraudziba/vardi/", OVERSEER, 14),
    ("/darbvieta/kartas/", OWNER, 25),
    (f"/darbvieta/kartas/{ROUND}/iestades/own/", OWNER, 35),
    (f"/darbvieta/kartas/{ROUND}/iestades/own/pakalpojumi/{OWN}/", OWNER, 35),
    (f"/darbvieta/kartas/{ROUND}/iestades/own/tabula/", OWNER, 35),
    ("/parraudziba/kartas/", OVERSEER, 12),
    (f"/parraudziba/kartas/{ROUND}/", OVERSEER, 28),
    (f"/parraudziba/kartas/{ROUND}/iestades/own/", OVERSEER, 35),
    ("/parraudziba/saubas/", OVERSEER, 45),
    ("/parraudziba/gaita/", OVERSEER, 30),
    ("/parraudziba/izlaides/", OVERSEER, 14),
    ("/raditaji/", VISITOR, 8),
    (f"/raditaji/{RELEASE}/", VISITOR, 10),
    ("/parraudziba/", OVERSEER, 35),
    ("/parraudziba/valsts.csv", OVERSEER, 20),
    ("/parraudziba/pakalpojumi/", OVERSEER, 22),
    ("/parraudziba/iestades/own/", OVERSEER, 30),
    (f"/parraudziba/pakalpojumi/{OWN}/", OVERSEER, 28),
    ("/parraudziba/atradumi/", OVERSEER, 18),
    ("/parraudziba/iniciativas/", OVERSEER, 16),
    ("/parraudziba/atsauksmes/?kur=viss", OVERSEER, 24),
    (f"/api/v1/comparison/{PERIOD}", OVERSEER, 22),
    (f"/api/v1/indicators/{PERIOD}", OVERSEER, 18),
    (f"/api/v1/state/{PERIOD}?opened=above,above.own", OVERSEER, 20),
    (f"/api/v1/findings/{PERIOD}", OVERSEER, 12),
    ("/api/v1/initiatives", OVERSEER, 14),
)
TIMES = 8
"""So many of everything come to each body; a question for each row would show."""

IDS = [f"{path} as {who or 'visitor'}" for path, who, _ in BUDGETS]


def reader(town: Town, who: str) -> Client:
    client = Client()
    if who:
        client.force_login(town.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def questions(town: Town, path: str, who: str) -> list[str]:
    """What a page asks of the database once the process is warm."""
    client = reader(town, who)
    client.get(path).getvalue()
    with CaptureQueriesContext(connection) as asked:
        answer: Any = client.get(path)
        answer.getvalue()
    assert answer.status_code == 200, path
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize(("path", "who", "budget"), BUDGETS, ids=IDS)
def test_a_page_keeps_its_budget(
    path: str, who: str, budget: int, town: Town, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = reader(town, who)
    client.get(path).getvalue()
    with django_assert_max_num_queries(budget):
        answer: Any = client.get(path)
        answer.getvalue()
    assert answer.status_code == 200


def test_a_page_asks_no_more_when_there_is_more_to_show(town: Town) -> None:
    before = {(path, who): questions(town, path, who) for path, who, _ in BUDGETS}
    grow(town, TIMES)
    faults = []
    for (path, who), asked in before.items():
        now = questions(town, path, who)
        # One or two more may be asked where there was nothing of a kind before; one for each row would be many.
        if len(now) > len(asked) + 2:
            more = [sql[:160] for sql in now if sql not in asked]
            faults.append(f"{path} as {who or 'visitor'}: {len(asked)} became {len(now)}, {more[-1]}")
    assert not faults, "\n".join(faults)


def grow(town: Town, times: int) -> None:
    """More of everything that a page can show in rows, for bodies within reach and beyond."""
    from ietvars.institution.lists import actions as lists
    from ietvars.oversight.finders import actions as finders

    world = town.world
    said = {"requests": {"in-person": 7000}, "on_time": (500, 1000), "time": 20, "satisfaction": 5}
    made = []
    for position in POSITIONS:
        for number in range(times):
            code = f"{position}-more-{number}"
            world.service(code, holder=position, title=f"Pabalsts {number}", channels=("online", "post", "in-person"))
            made.append(code)
        for year in range(2010, 2010 + times):
            list_of(town, position, year, made[-1], lists)
        world.body(f"{position}-new", below=position)
    world.situation("child", *made, OWN)
    world.situation("illness", OWN, *made[:3])
    for number, code in enumerate(made[:times]):
        town.world.tie(town.services["own"], ("requires", "follows")[number % 2], world_service(code))
    for period, kept in ((BEFORE, 900), (PERIOD, 500)):
        reported = {code.replace("-", "_"): {**said, "on_time": (kept, 1000)} for code in made}
        reported |= {service_of(position).replace("-", "_"): said for position in POSITIONS}
        town.state.report(period, **reported)
        town.state.compute(period)
    finders.look(period=PERIOD, by=SYSTEM, now=NOW, on=TODAY)
    hear_more(made)
    for number in range(times):
        town.propose(f"Vēl viena {number}", world_service(made[number]), "own")


def hear_more(codes: list[str]) -> None:
    """Feedback on each service, from senders of their own."""
    from ietvars.institution.feedback import actions, rules

    for number, code in enumerate(codes):
        said = rules.Said(page=f"/pakalpojumi/{code}/", rating=3, service=code, comment="Labi", part="fees")
        actions.leave(said=said, sender=f"sender {number}", by=rules.VISITOR, now=NOW)


def world_service(code: str) -> Any:
    from ietvars.institution.services import queries

    found = queries.by_code(code)
    assert found is not None
    return found


def list_of(town: Town, position: str, year: int, code: str, lists: Any) -> None:
    """A published list, which the desk sets beside the catalogue."""
    body = town.world.body(position)
    entries = [lists.Entry(world_service(code)), lists.Entry(title=texts(f"Neaprakstīts {year}"))]
    made = lists.draft(
        body=body, year=year, title=texts(f"Saraksts {year}"), entries=entries, by=SYSTEM, author="somebody", now=NOW
    )
    lists.submit(service_list=made, by=SYSTEM, now=NOW)
    approver = town.world.actor(Role.LIST_APPROVER, position, username=f"approver-{position}")
    lists.approve(
        service_list=made, document_number="1-2/26/14", document_date=TODAY.replace(year=year), by=approver, now=NOW
    )
    if position in IN_REACH:
        lists.publish(service_list=made, by=SYSTEM, now=NOW)
