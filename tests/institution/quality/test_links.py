"""Links: who may be asked, what an answer says, which faults last; asked of a real server that misbehaves."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.audit import queries as audit
from ietvars.ground.jobs import rules as jobs
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.quality import actions, asking, errors, links, queries
from ietvars.institution.quality.asking import Answer, Asker, Manners
from ietvars.institution.quality.links import Outcome, Seen
from ietvars.institution.quality.models import LinkCheck
from ietvars.institution.services import rules as service_rules
from tests.institution.quality.naughty import NaughtyServer, naughty
from tests.world import NOW, World, texts

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def server() -> Iterator[NaughtyServer]:
    with naughty() as running:
        yield running


def manners(server: NaughtyServer, **said: Any) -> Manners:
    return Manners(**{"pause": 0.0, "timeout": 0.6, "allowed": frozenset({server.place}), **said})


def ask(server: NaughtyServer, path: str, **said: Any) -> Answer:
    return Asker(manners(server, **said)).ask(server.url(path))


# ---- what an answer says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("fine", Outcome.FINE, 200),
        ("status/204", Outcome.FINE, 204),
        ("missing", Outcome.GONE, 404),
        ("status/410", Outcome.GONE, 410),
        ("status/401", Outcome.UNCLEAR, 401),
        ("status/403", Outcome.UNCLEAR, 403),
        ("status/429", Outcome.UNCLEAR, 429),
        ("status/500", Outcome.UNCLEAR, 500),
        ("status/503", Outcome.UNCLEAR, 503),
        ("status/418", Outcome.UNCLEAR, 418),
        ("status/304", Outcome.UNCLEAR, 304),
        ("onlyget/405", Outcome.FINE, 200),
        ("onlyget/404", Outcome.FINE, 200),
        ("onlyget/500", Outcome.FINE, 200),
        ("to/fine", Outcome.FINE, 200),
        ("to/to/to/fine", Outcome.FINE, 200),
        ("to/missing", Outcome.GONE, 404),
        ("loop", Outcome.UNCLEAR, 302),
        ("scheme/file", Outcome.UNREADABLE, None),
        ("scheme/gopher", Outcome.UNREADABLE, None),
        ("garbage", Outcome.UNCLEAR, None),
        ("hangup", Outcome.UNCLEAR, None),
        ("headers", Outcome.UNCLEAR, None),
        ("flood", Outcome.FINE, 200),
        ("fine?q=ā b#x", Outcome.UNREADABLE, None),
        ("fine?q=ā", Outcome.FINE, 200),
    ],
)
def test_only_a_page_that_is_said_to_be_gone_is_gone(
    server: NaughtyServer, path: str, outcome: Outcome, status: int | None
) -> None:
    answer = ask(server, path)
    assert (answer.outcome, answer.status) == (outcome, status)


@pytest.mark.parametrize("path", ["silent", "drip", "hundreds"])
def test_a_question_ends_in_its_time_however_slowly_it_is_answered(server: NaughtyServer, path: str) -> None:
    assert ask(server, path) == Answer(Outcome.UNCLEAR, note="timeout")


def test_nothing_of_an_endless_body_is_taken(server: NaughtyServer) -> None:
    before = server.sent
    asker = Asker(manners(server))
    assert asker._follow("GET", server.url("flood")).outcome is Outcome.FINE
    time.sleep(0.1)
    # What the system's buffers hold was sent before anybody could say stop.
    assert server.sent - before < 16 * 2**20


def test_a_closed_port_is_unclear_and_no_answer() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}"
        answer = Asker(Manners(allowed=frozenset({place}))).ask(f"http://{place}/")
    assert answer == Answer(Outcome.UNCLEAR, note="connection")


def test_a_server_without_tls_is_unclear(server: NaughtyServer) -> None:
    answer = Asker(manners(server)).ask(f"https://{server.place}/fine")
    assert (answer.outcome, answer.note) == (Outcome.UNCLEAR, "tls")


# ---- polite -------------------------------------------------------------------------------------------------------


def test_one_host_is_asked_with_a_pause_and_the_head_first(server: NaughtyServer) -> None:
    server.asked.clear()
    asker = Asker(manners(server, pause=0.15))
    for path in ("fine", "missing"):
        asker.ask(server.url(path))
    assert [(method, path) for method, path, _at in server.asked] == [
        ("HEAD", "/fine"),
        ("HEAD", "/missing"),
        ("GET", "/missing"),
    ]
    times = [at for _method, _path, at in server.asked]
    assert all(later - earlier > 0.1 for earlier, later in pairwise(times))


def test_a_host_that_asks_for_rest_is_left_alone(server: NaughtyServer) -> None:
    server.asked.clear()
    asker = Asker(manners(server))
    assert asker.ask(server.url("rest/3600")).status == 429
    assert asker.ask(server.url("fine")) == Answer(Outcome.UNCLEAR, note="resting", answered=True)
    assert [method for method, _path, _at in server.asked] == ["HEAD"]


@pytest.mark.parametrize("said", ["soon", "-1", "٣", "9" * 30, "Wed, 21 Oct 2026 07:28:00 GMT", ""])
def test_a_rest_that_cannot_be_read_is_a_minute(server: NaughtyServer, said: str) -> None:
    asker = Asker(manners(server))
    asker.ask(server.url(f"rest/{said}"))
    assert asker.ask(server.url("fine")).note in ("resting", "")


def test_the_order_goes_from_host_to_host() -> None:
    urls = ["http://a.lv/1", "http://a.lv/2", "http://a.lv/3", "http://b.lv/1", "nonsense"]
    assert links.in_turn(urls) == ["http://a.lv/1", "http://b.lv/1", "nonsense", "http://a.lv/2", "http://a.lv/3"]


@given(st.lists(st.sampled_from(["http://a.lv/1", "http://a.lv/2", "http://b.lv/", "x"])))
def test_the_order_loses_and_adds_nothing(urls: list[str]) -> None:
    assert sorted(links.in_turn(urls)) == sorted(urls)


# ---- never inside -------------------------------------------------------------------------------------------------

INNER = """
127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1
255.255.255.255 192.0.2.1 198.18.0.1 240.0.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 ::ffff:127.0.0.1
::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2002:a00:1:: 2001:db8::1 fec0::1 localhost nonsense
""".split()
PUBLIC = "8.8.8.8 1.1.1.1 195.122.1.1 172.32.0.1 2606:4700:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808".split()


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_no_part_of_the_open_internet(address: str) -> None:
    assert not links.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert links.is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]",
        "127.0.0.1.", "①②⑦.⓪.⓪.①",
    ],
)  # fmt: skip
def test_no_spelling_of_this_very_machine_is_asked(server: NaughtyServer, host: str) -> None:
    server.asked.clear()
    answer = Asker(Manners(pause=0)).ask(f"http://{host}:{server.server_port}/fine")
    assert answer.outcome in (Outcome.INNER, Outcome.UNREADABLE, Outcome.NO_HOST, Outcome.UNCLEAR)
    assert not answer.answered
    assert server.asked == []


def test_a_name_with_one_inner_address_among_public_ones_is_not_asked(server: NaughtyServer) -> None:
    asker = Asker(Manners(pause=0), resolve=lambda _host, _port: ["8.8.8.8", "127.0.0.1"])
    assert asker.ask("http://example.lv/").outcome is Outcome.INNER


def test_a_redirect_to_an_inner_address_is_not_followed(server: NaughtyServer) -> None:
    with naughty() as inner:
        answer = ask(server, f"away/{inner.place}/secret")
        assert (answer.outcome, inner.asked) == (Outcome.INNER, [])


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(server: NaughtyServer) -> None:
    """DNS rebinding: a name that is public when judged and inner when asked. Only the judged address is asked."""
    told = iter([["127.0.0.1"], ["10.0.0.1"]])
    asker = Asker(
        Manners(pause=0, allowed=frozenset({f"rebound.example:{server.server_port}"}), timeout=1),
        resolve=lambda _host, _port: next(told),
    )
    assert asker.ask(f"http://rebound.example:{server.server_port}/fine").outcome is Outcome.FINE
    assert next(told) == ["10.0.0.1"]


@pytest.mark.parametrize("port", [22, 25, 6379, 5432])
def test_ports_that_serve_no_pages_are_left_alone(port: int) -> None:
    asker = Asker(Manners(pause=0), resolve=lambda _host, _port: ["8.8.8.8"])
    assert asker.ask(f"http://example.lv:{port}/").outcome is Outcome.INNER


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.lv/", "javascript:alert(1)", "//a.lv", "http://", "http://a.lv:99999/", "http://u:p@a.lv/",
        "http://a.lv/\r\nX: y", "http://a b.lv/", "http://[::1", f"http://a.lv/{'x' * 1000}", "", "http://a..lv/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    assert Asker(Manners(pause=0)).ask(url) == Answer(Outcome.UNREADABLE, note="address")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(socket.EAI_NONAME, Outcome.NO_HOST), (socket.EAI_AGAIN, Outcome.UNCLEAR), (socket.EAI_FAIL, Outcome.UNCLEAR)],
)
def test_only_a_name_that_nobody_knows_is_no_host(fault: int, outcome: Outcome) -> None:
    def failing(host: str, port: int) -> list[str]:
        raise socket.gaierror(fault, "said the resolver")

    assert Asker(Manners(pause=0), resolve=failing).ask("http://nowhere.lv/").outcome is outcome


@given(st.text())
def test_no_text_breaks_the_reading_of_an_address(url: str) -> None:
    found = links.target(url)
    assert found is None or (found.host.isascii() and found.path.startswith("/"))


# ---- what lasts ---------------------------------------------------------------------------------------------------


def seen(*told: tuple[float, str]) -> list[Seen]:
    return [Seen(NOW + timedelta(days=day), Outcome(outcome)) for day, outcome in told]


@pytest.mark.parametrize(
    ("checks", "times"),
    [
        (seen((0, "gone"), (1, "gone"), (3, "gone")), 3),
        (seen((0, "gone"), (1, "gone"), (2.9, "gone")), 0),
        (seen((0, "gone"), (9, "gone")), 0),
        (seen((0, "no-host"), (1, "gone"), (4, "no-host")), 3),
        (seen((0, "gone"), (1, "gone"), (2, "fine"), (3, "gone")), 0),
        (seen((0, "gone"), (1, "unclear"), (2, "gone"), (3, "inner"), (4, "gone")), 3),
        (seen((0, "gone"), (2, "gone"), (4, "gone"), (5, "unclear")), 3),
        (seen((0, "gone"), (2, "gone"), (4, "gone"), (5, "fine")), 0),
        (seen(*((day, "unclear") for day in range(60))), 0),
        (seen(), 0),
    ],
)
def test_a_fault_lasts_when_it_was_seen_often_enough_for_long_enough(checks: list[Seen], times: int) -> None:
    fault = links.lasting(checks)
    assert (fault.times if fault else 0) == times


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([one.value for one in Outcome])), max_size=12))
def test_doubt_alone_is_never_a_fault_and_doubt_added_changes_none(told: list[tuple[int, str]]) -> None:
    doubts = {one.value for one in links.SAYS_NOTHING}
    assert links.lasting(seen(*((day, outcome) for day, outcome in told if outcome in doubts))) is None
    firm = [(day, outcome) for day, outcome in told if outcome not in doubts]
    assert links.lasting(seen(*told)) == links.lasting(seen(*firm))


def test_a_lasting_fault_says_since_when_and_how_often() -> None:
    fault = links.lasting(seen((0, "fine"), (1, "gone"), (3, "gone"), (5, "gone")))
    assert fault == links.Fault(Outcome.GONE, NOW + DAY, NOW + 5 * DAY, 3)


# ---- rounds -------------------------------------------------------------------------------------------------------


def linked(world: World, code: str, url: str, *, holder: str = "agency", law: str = "") -> None:
    stages = {
        "request": service_rules.StageFacts(text=texts("Jūs piesakāties."), url=url, channels=("online",)),
    }
    acts = ({"title": texts("Likums"), "url": law},) if law else ()
    world.service(code, holder=holder, stages=stages, legal_acts=acts)


def round_at(day: float, server: NaughtyServer, **said: Any) -> actions.Checked:
    return actions.check_links(by=SYSTEM, now=NOW + timedelta(days=day), manners=manners(server), **said)


def test_a_link_is_reported_to_its_owner_only_once_its_fault_lasts(world: World, server: NaughtyServer) -> None:
    linked(world, "benefit", server.url("missing/a"), law=server.url("status/500"))
    linked(world, "permit", server.url("fine"), holder="other")
    ours = [world.body("agency").pk]
    for day in (0, 1, 2):
        round_at(day, server)
        assert queries.broken(ours) == []
    round_at(3, server)
    (found,) = queries.broken(ours)
    assert (found.use.service.code, found.use.part, found.use.url) == (
        "benefit",
        "stages.request.url",
        server.url("missing/a"),
    )
    assert (found.fault.first_seen, found.fault.last_seen, found.fault.times) == (NOW, NOW + 3 * DAY, 4)
    assert found.fault.status == 404
    assert queries.broken([world.body("other").pk]) == []
    assert [one.service.code for one in queries.due(ours)] == ["benefit"]
    assert queries.due(ours)[0].since == NOW


def test_every_check_is_kept_as_a_row_and_a_round_asks_what_is_due(world: World, server: NaughtyServer) -> None:
    linked(world, "benefit", server.url("missing/b"), law=server.url("fine/b"))
    assert round_at(0, server).asked == 2
    assert round_at(0.5, server).asked == 0
    assert round_at(1, server).asked == 1
    assert round_at(7, server).asked == 2
    rows = LinkCheck.objects.filter(link__url=server.url("missing/b"))
    assert [row.outcome for row in rows] == ["gone"] * 3
    assert queries.last_round() == NOW + 7 * DAY


def test_whoever_asks_for_it_gets_his_links_checked_but_not_every_minute(world: World, server: NaughtyServer) -> None:
    linked(world, "benefit", server.url("fine/c"))
    linked(world, "permit", server.url("fine/d"), holder="other")
    ours = [world.body("agency").pk]
    assert round_at(0, server, body_ids=ours, is_round=False).asked == 1
    assert round_at(0.01, server, body_ids=ours, is_round=False).asked == 0
    assert round_at(0.1, server, body_ids=ours, is_round=False).asked == 1


def test_a_link_that_is_mended_is_reported_no_more(world: World, server: NaughtyServer) -> None:
    linked(world, "benefit", server.url("missing/e"))
    for day in (0, 2, 4):
        round_at(day, server)
    assert len(queries.broken()) == 1
    linked_again = service_rules.StageFacts(
        text=texts("Jūs piesakāties."), url=server.url("fine"), channels=("online",)
    )
    world.draft("benefit", stages={"request": linked_again})
    assert queries.broken() == []


def test_a_machine_that_is_cut_off_notes_nothing_of_anybody(world: World, server: NaughtyServer) -> None:
    for number in range(4):
        linked(world, f"benefit-{number}", f"http://host-{number}.invalid/")

    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no resolver here")

    with pytest.raises(errors.Offline):
        round_at(0, server, asker=Asker(Manners(pause=0), resolve=nobody))
    assert queries.last_round() is None


def test_drafts_and_retired_services_are_not_asked(world: World, server: NaughtyServer) -> None:
    stage = service_rules.StageFacts(text=texts("Jūs piesakāties."), url=server.url("missing/f"), channels=("online",))
    world.draft("draft", stages={"request": stage})
    world.retired("old", stages={"request": stage})
    assert round_at(0, server).links == 0


def test_a_round_leaves_one_audit_row_and_tells_its_progress(world: World, server: NaughtyServer) -> None:
    linked(world, "benefit", server.url("fine/g"), law=server.url("missing/g"))
    told: list[tuple[int, int]] = []
    made = round_at(0, server, tell=lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert made.document() == {"links": 2, "asked": 2, "outcomes": {"fine": 1, "gone": 1}}
    assert [row.action for row in audit.of("links", "all")] == ["quality.check-links"]


def test_a_clerk_cannot_send_the_machine_to_ask(world: World) -> None:
    with pytest.raises(errors.NotForYou):
        actions.check_links(by=world.actor(Role.CLERK), now=NOW, manners=Manners())


def test_the_worker_knows_the_work_and_asks_by_the_settings(world: World, server: NaughtyServer, settings: Any) -> None:
    linked(world, "benefit", server.url("missing/h"))
    linked(world, "permit", server.url("fine/h"), holder="other")
    settings.LINK_HOSTS, settings.LINK_PAUSE, settings.LINK_TIMEOUT = [server.place], 0.0, 1.0

    class Step:
        kept = None
        told: list[tuple[int, int]] = []

        def __call__(self, done: int, of: int, kept: Any = None) -> None:
            self.told.append((done, of))

    work = jobs.function_of(actions.JOB)
    report = work({"bodies": ["agency", "nobody"]}, Step(), jobs.Asker("owner", "service-owner", "agency"), NOW)
    assert report == {"links": 1, "asked": 1, "outcomes": {"gone": 1}}
    assert Step.told[-1] == (1, 1)


def test_asking_the_system_about_names_gives_each_address_once() -> None:
    assert "127.0.0.1" in asking.resolve("127.0.0.1", 80)
