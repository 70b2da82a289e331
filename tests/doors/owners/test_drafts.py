"""Pages of drafts: written, checked while typing, submitted, looked through, published; and what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.doors.furniture import part_names
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import queries as known_canvases
from ietvars.institution.revisions import actions, queries
from ietvars.institution.revisions.models import Revision
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import errors as service_errors
from ietvars.institution.services import queries as services
from tests.doors.posting import sent_back
from tests.world import NOW, TODAY, World, texts

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
PLACE = "/darbvieta/pakalpojumi/benefit/melnraksts/"
STEP = f"{PLACE}solis/"

EVERYTHING: dict[str, Any] = {
    "title": {**texts("Pabalsts", "Allowance"), "ru": "Пособие"},
    "summary": texts("Nauda tam, kam tā vajadzīga.\nReizi gadā.", "Money for those who need it."),
    "receives": texts("100 €"),
    "kind": "public-individual",
    "area": "welfare",
    "audience": ["natural-person", "nezināms"],
    "life_events": ["child"],
    "keywords": {"lv": ["nauda", "pabalsts", "naudiņa"], "ru": ["деньги"]},
    "eligibility": {"lv": ["dzīvojat šeit"]},
    "evidence": [{"code": "birth-record", "title": texts("dzimšanas ziņas"), "held_by": "agency"}],
    "apply_within": texts("6 mēnešos"),
    "fees": [{"stage": "request", "amount": "12.50", "currency": "EUR", "text": texts("nodeva")}],
    "term": {"immediate": False, "days": 10},
    "outputs": [{"code": "decision", "title": texts("lēmums")}],
    "appeal": texts("Mēneša laikā lēmumu var apstrīdēt."),
    "legal_acts": [{"title": texts("Likums"), "url": "https://likumi.lv/ta/id/68483"}],
    "languages": ["lv", "en"],
    **{f"stages.{stage}.text": texts(f"Posms {stage}.") for stage in descriptions.STAGES},
    **{f"stages.{stage}.url": "https://example.lv/" for stage in descriptions.STAGES},
    **{f"stages.{stage}.channels": ["online", "in-person"] for stage in descriptions.STAGES},
    **{f"stages.{stage}.providers": ["agency"] for stage in descriptions.STAGES},
}


def enter(client: Client, person: Person) -> Client:
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def owner(world: World, client: Client) -> Client:
    """A service owner of the agency, signed in."""
    return enter(client, world.person(Role.SERVICE_OWNER, username="anna"))


@pytest.fixture
def approver(world: World) -> Client:
    return enter(Client(SERVER_NAME="127.0.0.1"), world.person(Role.LIST_APPROVER, username="juris"))


def started(world: World, changes: Mapping[str, Any] = EVERYTHING, **more: Any) -> Revision:
    """An open draft of a published service of the agency, on the canvas of benefits."""
    canvases.load_shipped(by=SYSTEM, now=NOW)
    by = world.actor(Role.SERVICE_OWNER, username="anna")
    draft = actions.start(service=world.service("benefit"), by=by, now=NOW)
    version = known_canvases.version("benefit", 2)
    assert version is not None
    draft = actions.lay_into(revision=draft, version=version, by=by, now=NOW)
    return actions.save(revision=draft, changes={**changes, **more}, edition=draft.edition, by=by, now=NOW)


def submitted(world: World) -> Revision:
    by = world.actor(Role.SERVICE_OWNER, username="anna")
    return actions.submit(revision=started(world), by=by, now=NOW)


def open_draft() -> Revision:
    service = services.by_code("benefit")
    assert service is not None
    found = queries.open_of(service)
    assert found is not None
    return found


def page_of(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def said(answer: Any) -> str:
    return page_of(answer).get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")


def typed(client: Client, **changes: str) -> dict[str, Any]:
    """What a browser would post from the page of the draft, with some controls typed in."""
    data = sent_back(client.get(PLACE).content, "#apraksts")
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return dict(data.lists())


# ---- beginning ---------------------------------------------------------------------------------------------------


def test_a_new_service_begins_with_a_name_and_a_canvas(world: World, owner: Client) -> None:
    canvases.load_shipped(by=SYSTEM, now=NOW)
    refused = owner.post("/darbvieta/jauns/", {"title": " ", "canvas": "nav-tadas"})
    assert refused.status_code == 400
    assert page_of(refused).select("[data-gap] #id_title, [data-gap] [name=canvas]") != []
    done = owner.post("/darbvieta/jauns/", {"title": "Jauns pabalsts", "canvas": "benefit", "holder": "agency"})
    assert done.status_code == 302
    assert done["Location"] == "/darbvieta/pakalpojumi/jauns-pabalsts/melnraksts/"


def test_a_service_is_begun_for_no_institution_out_of_reach(world: World, owner: Client) -> None:
    canvases.load_shipped(by=SYSTEM, now=NOW)
    world.body("elsewhere")
    answer = owner.post("/darbvieta/jauns/", {"title": "Jauns", "canvas": "benefit", "holder": "elsewhere"})
    assert answer.status_code == 400
    assert services.by_code("jauns") is None


def test_nearly_equal_services_are_shown_while_the_name_is_typed(world: World, owner: Client) -> None:
    world.service("benefit", title="Bērna kopšanas pabalsts")
    assert "Bērna kopšanas pabalsts" in said(owner.post("/darbvieta/jauns/lidzigi/", {"title": "bērna kopšanas"}))


# ---- writing -----------------------------------------------------------------------------------------------------


def test_a_draft_posted_back_untouched_makes_no_edition(world: World, owner: Client) -> None:
    before = started(world)
    assert owner.post(PLACE, {**typed(owner), "step": "save"}).status_code == 302
    after = open_draft()
    assert after.edition == before.edition
    assert after.description == before.description


def test_every_gap_leads_to_a_part_that_is_on_the_page(world: World, owner: Client) -> None:
    canvases.load_shipped(by=SYSTEM, now=NOW)
    started(world, dict.fromkeys(EVERYTHING) | {"title": texts("Pabalsts")})
    answer = owner.post(PLACE, {**typed(owner), "step": "submit"})
    assert answer.status_code == 400
    page = page_of(answer)
    links = [str(link["href"]) for link in page.select("#trukst a[href^='#p-']")]
    assert len(links) > 5
    assert [link for link in links if page.select_one(link) is None] == []
    assert page.select_one(".iv-jump a[href='#trukst']") is not None
    # The refusal names the parts as the form does.
    refusal = said(answer)
    assert "stages." not in refusal
    assert "pieprasīšanas veidi" in refusal
    assert open_draft().state == "draft"


def test_the_page_marks_as_mandatory_what_the_gate_asks(world: World, owner: Client) -> None:
    draft = started(world, dict.fromkeys(EVERYTHING) | {"title": texts("Pabalsts")})
    page = page_of(owner.get(PLACE))
    blocking = {part_names.anchor(gap.part) for gap in queries.gaps(draft, TODAY) if gap.blocks}
    binding = ("nedrīkst izlaist", "obligāts")
    marked = {
        str(part["id"])
        for part in page.select(".iv-part")
        if (mark := part.select_one(".iv-req")) is not None and mark.get_text(strip=True) in binding
    }
    assert marked - {"p-title"} == blocking
    assert "p-fees" not in marked


def test_what_cannot_be_read_stays_typed_and_the_rest_is_saved(world: World, owner: Client) -> None:
    started(world)
    data = typed(owner, term__days="drīz", receives__lv="200 €")
    answer = owner.post(PLACE, {**data, "step": "submit"})
    assert answer.status_code == 400
    page = page_of(answer)
    control = page.select_one("[name=term-days]")
    assert control is not None
    assert control["value"] == "drīz"
    assert "„drīz”" in page.select_one("#p-term").get_text()  # type: ignore[union-attr]
    draft = open_draft()
    assert (draft.state, draft.description["receives"]["lv"]) == ("draft", "200 €")
    assert draft.description["term"] == {"immediate": False, "days": 10}


def test_the_check_while_typing_writes_nothing_and_says_what_the_gate_would(world: World, owner: Client) -> None:
    before = started(world)
    data = typed(owner, receives__lv="", receives__en="")
    answer = owner.post(f"{PLACE}parbaude/", data)
    page = page_of(answer)
    assert page.select_one("#trukst") is None  # only what goes into it
    assert page.select_one("a[href='#p-receives']") is not None
    line = page.select_one("#p-receives-w")
    assert line is not None
    assert line["hx-swap-oob"] == "true"
    assert line.get_text(strip=True)
    # No control of the form comes back, so what has the focus keeps it.
    assert page.select("input, textarea, select, button") == []
    assert open_draft().edition == before.edition


def test_the_second_of_two_is_shown_the_first_ones_change_and_chooses(world: World, owner: Client) -> None:
    draft = started(world)
    data = typed(owner, receives__lv="mans", appeal__lv="Gada laikā.")
    other = world.actor(Role.SERVICE_OWNER, username="berta")
    actions.save(revision=draft, changes={"receives": texts("cita")}, edition=draft.edition, by=other, now=NOW)
    answer = owner.post(PLACE, {**data, "step": "save"})
    assert answer.status_code == 409
    change = page_of(answer).select_one(".iv-change")
    assert change is not None
    assert all(word in change.get_text() for word in ("100 €", "cita", "mans"))
    assert open_draft().description["receives"]["lv"] == "cita"
    again = dict(sent_back(answer.content, "#apraksts").lists())
    assert owner.post(PLACE, {**again, "keep-receives": "theirs", "step": "save"}).status_code == 302
    assert open_draft().description["receives"]["lv"] == "cita"
    assert open_draft().description["appeal"]["lv"] == "Gada laikā."
    assert owner.post(PLACE, {**again, "keep-receives": "mine", "step": "save"}).status_code == 302
    assert open_draft().description["receives"]["lv"] == "mans"


def test_a_mandatory_gap_is_submitted_with_a_reason(world: World, owner: Client) -> None:
    started(world, receives=None)
    gap = next(gap for gap in queries.gaps(open_draft(), TODAY) if gap.part == "receives")
    data = typed(owner)
    assert owner.post(PLACE, {**data, "step": "submit"}).status_code == 400
    reason = {f"waived-{gap.code}": "Summu nosaka tiesa."}
    assert owner.post(PLACE, {**data, **reason, "step": "submit"}).status_code == 302
    assert open_draft().waived == {gap.code: "Summu nosaka tiesa."}
    assert "Summu nosaka tiesa." in said(owner.get(f"{PLACE}skatit/"))


# ---- the way of a draft ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["approve", "approve-and-publish"])
def test_an_owner_is_refused_to_approve(step: str, world: World, owner: Client) -> None:
    submitted(world)
    answer = owner.post(STEP, {"step": step})
    assert answer.status_code == 403
    assert open_draft().state == "submitted"


@pytest.mark.parametrize("step", ["approve", "publish", "schedule"])
def test_a_step_in_the_wrong_state_is_refused_with_its_sentence(step: str, world: World, approver: Client) -> None:
    started(world)
    answer = approver.post(STEP, {"step": step, "valid_from": "2030-01-01"})
    assert answer.status_code in (403, 409)
    assert "Pakalpojuma „Benefit” melnraksta stāvoklis ir „melnraksts”" in said(answer)
    assert open_draft().state == "draft"


def test_sending_back_without_a_reason_is_refused(world: World, approver: Client) -> None:
    submitted(world)
    answer = approver.post(STEP, {"step": "send-back", "why": " "})
    assert answer.status_code in (400, 403, 409)
    assert open_draft().state == "submitted"
    assert approver.post(STEP, {"step": "send-back", "why": "Precizējiet."}).status_code == 302
    assert open_draft().state == "draft"


def test_an_approver_does_not_write(world: World, approver: Client) -> None:
    started(world)
    assert approver.get(PLACE).status_code == 403
    assert approver.post(PLACE, {"step": "save"}).status_code == 403


def test_another_institution_sees_nothing_of_it(world: World, client: Client) -> None:
    started(world)
    enter(client, world.person(Role.SERVICE_OWNER, "elsewhere"))
    for place in ("", "skatit/", "sagatave/"):
        assert client.get(f"{PLACE}{place}").status_code == 403
    assert client.get("/darbvieta/pakalpojumi/benefit/vesture/").status_code == 403
    assert client.post(STEP, {"step": "abandon"}).status_code == 403


def test_a_day_that_passed_or_is_none_is_refused(world: World, approver: Client) -> None:
    submitted(world)
    assert approver.post(STEP, {"step": "approve"}).status_code == 302
    assert approver.post(STEP, {"step": "schedule", "valid_from": "rīt"}).status_code == 302
    assert "Izvēlieties dienu" in said(approver.get(f"{PLACE}skatit/"))
    assert approver.post(STEP, {"step": "schedule", "valid_from": "2020-01-01"}).status_code in (400, 403, 409)
    assert open_draft().state == "approved"
    assert approver.post(STEP, {"step": "schedule", "valid_from": "2030-01-01"}).status_code == 302
    assert open_draft().state == "scheduled"


def test_an_approved_draft_is_published_and_stands_in_the_history(world: World, approver: Client) -> None:
    submitted(world)
    assert approver.post(STEP, {"step": "approve-and-publish"}).status_code == 302
    assert "100 €" in said(Client().get("/pakalpojumi/benefit/"))
    page = said(approver.get("/darbvieta/pakalpojumi/benefit/vesture/"))
    assert "Publicēts" in page
    assert "100 €" in page


def test_without_an_open_draft_its_pages_say_so(world: World, owner: Client) -> None:
    world.service("benefit")
    for place in ("", "skatit/"):
        page = page_of(owner.get(f"{PLACE}{place}"))
        assert page.select_one(f"form[action='{PLACE}sakt/'] button") is not None
    assert owner.post(STEP, {"step": "publish"}).status_code == 404
    assert owner.post(f"{PLACE}sakt/").status_code == 302
    assert open_draft().edition == 1


# ---- hostile texts -----------------------------------------------------------------------------------------------

BAD_TEXT = '<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a>'
BAD_LINK = "javascript:alert(4)"
HOSTILE: dict[str, Any] = {
    path: dict.fromkeys(("lv", "en"), f"{BAD_TEXT} {path}")
    for path in descriptions.PARTS
    if path in descriptions.TEXT_PARTS or path.endswith(".text")
} | {
    "keywords": {"lv": [BAD_TEXT]},
    "eligibility": {"lv": [BAD_TEXT]},
    "evidence": [{"code": "x", "title": texts(BAD_TEXT), "held_by": BAD_TEXT}],
    "outputs": [{"code": "x", "title": texts(BAD_TEXT)}],
    "legal_acts": [{"title": texts(BAD_TEXT), "url": BAD_LINK}],
    "fees": [{"stage": "request", "amount": None, "currency": "EUR", "text": texts(BAD_TEXT)}],
    **{f"stages.{stage}.url": BAD_LINK for stage in descriptions.STAGES},
    "stages.request.channels": ["online", "in-person"],
    "audience": [BAD_TEXT],
    "kind": BAD_TEXT[:40],
}


def harmful(answer: Any) -> list[str]:
    """What a browser would run or follow."""
    page = page_of(answer)
    scripts = [
        str(one) for one in page.select("script:not([src]):not([type='application/ld+json']), img[src=x], iframe")
    ]
    handlers = [str(one)[:80] for one in page.find_all(lambda tag: any(name.startswith("on") for name in tag.attrs))]
    links = [str(one)[:80] for one in page.select("[href], [src], [action]") if "javascript:" in _goes(one)]
    return scripts + handlers + links


def _goes(tag: Any) -> str:
    return " ".join(str(tag.get(name, "")) for name in ("href", "src", "action")).lower()


def publish_facts(world: World, description: Mapping[str, Any]) -> None:
    """Let people read a description, past everybody who would have looked at it."""
    service = services.by_code("benefit")
    assert service is not None
    told = descriptions.facts(description, services.facts(service))
    service_actions.describe(code="benefit", holder=world.body(), facts=told, by=SYSTEM, now=NOW)


@pytest.mark.parametrize("place", ["", "skatit/", "sagatave/"])
def test_markup_in_any_part_stays_text_on_the_pages_of_the_draft(place: str, world: World, owner: Client) -> None:
    started(world, HOSTILE)
    answer = owner.get(f"{PLACE}{place}")
    assert answer.status_code == 200
    assert harmful(answer) == []


def test_markup_in_any_part_stays_text_where_people_read_it(world: World, owner: Client) -> None:
    draft = started(world, HOSTILE)
    with pytest.raises(service_errors.NoWebAddress):
        publish_facts(world, draft.description)
    harmless = {f"stages.{stage}.url": "https://example.lv/" for stage in descriptions.STAGES}
    publish_facts(world, {**draft.description, **harmless, "legal_acts": [{"title": texts(BAD_TEXT)}]})
    places = ("/pakalpojumi/benefit/", "/en/pakalpojumi/benefit/", "/pakalpojumi/", "/meklet/?q=alert")
    for place in (*places, "/darbvieta/pakalpojumi/benefit/", "/darbvieta/pakalpojumi/benefit/vesture/", "/darbvieta/"):
        answer = owner.get(place)
        assert answer.status_code == 200, place
        assert harmful(answer) == [], place
        assert "<script>alert" not in answer.content.decode(), place
    for place in ("/api/v1/services/benefit", "/id/service/benefit"):
        answer = owner.get(place, headers={"accept": "application/ld+json, application/json"}, follow=True)
        assert answer.status_code == 200, place
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "html" not in answer["Content-Type"]


def test_a_link_that_is_none_is_refused_where_it_is_typed(world: World, owner: Client) -> None:
    started(world)
    for name in ("stages-request-url", "stages-receipt-url", "legal_acts-0-url"):
        answer = owner.post(PLACE, {**typed(owner), name: BAD_LINK, "step": "save"})
        assert answer.status_code == 400
        assert "https://" in said(answer)
    assert BAD_LINK not in str(open_draft().description)
