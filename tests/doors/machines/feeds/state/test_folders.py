"""State folders: what is read, what is told about faults, what is loaded."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import ietvars
from ietvars.collaboration.situations import queries as situations
from ietvars.collaboration.ties import queries as ties
from ietvars.doors.machines.feeds.state import checking, errors, loading, reading
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.terms import queries as terms
from ietvars.ground.words import queries as words
from ietvars.institution.canvases import actions as canvas_actions
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.lists import queries as lists
from ietvars.institution.services import queries as services
from tests.world import NOW, World

SHIPPED = Path(ietvars.__file__).parent / "sample_state"

STATE = """
name = { lv = "Parauglande", en = "Sampleland" }
as_of = 2026-11-01
"""
BODIES = """
[[body]]
code = "agency"
kind = "agency"
name = { lv = "Aģentūra", en = "Agency" }
parent = "ministry"
[[body]]
code = "ministry"
kind = "ministry"
name = { lv = "Ministrija", en = "Ministry" }
[[body]]
code = "towns"
kind = "group"
name = { lv = "Pašvaldības" }
[[body]]
code = "riga"
kind = "municipality"
name = { lv = "Rīga" }
parent = "towns"
[[body]]
code = "ogre"
kind = "municipality"
name = { lv = "Ogre" }
parent = "towns"
[[body]]
code = "old-office"
kind = "agency"
name = { lv = "Vecais birojs" }
parent = "ministry"
invented = true
[[change]]
kind = "merged"
on = 2025-01-01
from = ["old-office"]
to = ["agency"]
document = { lv = "Rīkojums Nr. 1" }
"""
SERVICES = """
[[service]]
code = "benefit"
holder = "agency"
former_holder = "old-office"
title = { lv = "Bērna pabalsts", en = "Child benefit" }
summary = { lv = "Nauda par bērnu." }
kind = "individual-benefit"
area = "benefits"
audience = ["natural-person"]
life_events = ["child"]
keywords = { lv = ["mazulis"] }
eligibility = { lv = ["jums ir bērns"] }
evidence = [{ code = "birth", title = { lv = "dzimšanas apliecība" }, held_by = "ministry" }]
outputs = [{ code = "decision", title = { lv = "lēmums" } }]
term_days = 10
illustrative = ["term_days"]
[service.request]
text = { lv = "Jūs piesakāties." }
channels = ["online", "post"]
[[service.fee]]
stage = "request"
amount = 15.5
[[service]]
code = "old"
holder = "agency"
title = { lv = "Vecais sertifikāts" }
summary = { lv = "Vairs nedod." }
term = "immediate"
state = "retired"
retired_on = 2023-07-01
[service.request]
channels = ["online"]
"""
VARIANTS = """
[canvas]
code = "grant"
title = { lv = "Pašvaldības pabalsts" }
summary = { lv = "Nauda." }
eligibility = { lv = ["jums ir bērns"] }
evidence = [{ code = "account", title = { lv = "konts" } }, { code = "form", title = { lv = "veidlapa" } }]
illustrative = ["receives"]
[canvas.request]
channels = ["online"]
[[variant]]
body = "riga"
receives = { lv = "200 €" }
eligibility_add = { lv = ["dzīvojat Rīgā"] }
evidence_drop = ["form"]
request_channels = ["post"]
[[variant]]
body = "ogre"
offered = false
reason = { lv = "Šo pabalstu nedodam." }
illustrative = ["reason"]
"""
SITUATIONS = """
[[situation]]
code = "child"
title = { lv = "Bērns gaidāms" }
[[situation.step]]
title = { lv = "Aizejiet pie ārsta" }
holder_hint = "agency"
[[situation.step]]
service = "benefit"
and_before = true
deadline = { lv = "6 mēneši" }
"""
TIES = """
[[tie]]
kind = "follows"
from = "benefit"
to = "grant"
"""
PEOPLE = """
[[person]]
username = "owner"
name = { lv = "Īpašniece" }
capacities = [{ role = "service-owner", body = "agency" }]
[[person]]
username = "approver"
name = { lv = "Apstiprinātājs" }
capacities = [{ role = "list-approver", body = "ministry" }]
"""
WORDS = """
[[synonym]]
lv = ["dekrēts", "bērna pabalsts"]
[[lemma]]
lemma = "pieteikties"
forms = ["piesakos"]
"""
LISTS = """
[[list]]
body = "agency"
year = 2026
title = { lv = "Saraksts" }
state = "published"
author = "owner"
approver = "approver"
document_number = "1"
document_date = 2026-02-10
[[list.entry]]
service = "benefit"
[[list.entry]]
title = { lv = "Neaprakstīts pakalpojums" }
"""
FILES = {
    "state.toml": STATE,
    "bodies.toml": BODIES,
    "services/benefits.toml": SERVICES,
    "services/variants.toml": VARIANTS,
    "situations.toml": SITUATIONS,
    "ties.toml": TIES,
    "people.toml": PEOPLE,
    "words.toml": WORDS,
    "lists.toml": LISTS,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small state with one of everything."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def _change(folder: Path, name: str, before: str, after: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def _faults(folder: Path) -> list[str]:
    try:
        found = reading.read(folder)
    except errors.BrokenFolder as broken:
        return [str(fault) for fault in broken.faults]
    known = {found.code: [term.code for term in found.terms] for found in terms.shipped()}
    numbers: dict[str, list[int]] = {}
    for one in canvases.shipped():
        numbers.setdefault(one.code, []).append(one.number)
    return [str(fault) for fault in checking.check(found, known, numbers)]


# Loading


@pytest.mark.django_db
def test_a_folder_becomes_a_state(folder: Path, world: World) -> None:
    world.code_lists()
    told: list[tuple[str, int, int]] = []
    loading.load(folder=folder, by=SYSTEM, now=NOW, progress=lambda *step: told.append(step))

    assert deployment.is_sample()
    assert deployment.as_of() == date(2026, 11, 1)
    assert sorted(service.code for service in services.published()) == ["benefit", "grant-riga"]
    assert ("services", 3, 3) in told
    assert [person.username for person in people.sample_persons()] == ["owner", "approver"]


@pytest.fixture
def loaded(folder: Path, world: World) -> Path:
    """The folder, brought into the database."""
    world.code_lists()
    loading.load(folder=folder, by=SYSTEM, now=NOW)
    return folder


def test_a_service_is_held_by_its_former_holder_until_the_merger(loaded: Path) -> None:
    benefit = services.by_code("benefit")
    assert benefit is not None
    before = services.holder_on(benefit, date(2024, 12, 31))
    assert before is not None
    assert (before.code, benefit.holder_code) == ("old-office", "agency")


def test_a_description_has_all_that_the_file_says(loaded: Path) -> None:
    benefit = services.by_code("benefit")
    assert benefit is not None
    facts = services.facts(benefit)
    assert facts.stages["request"].channels == ("online", "post")
    assert facts.evidence[0]["held_by"] == "ministry"
    assert str(facts.fees[0].amount) == "15.50"
    assert (facts.illustrative, facts.life_events) == (("term_days",), ("child",))


def test_a_retired_service_is_retired_on_its_day(loaded: Path) -> None:
    old = services.by_code("old")
    assert old is not None
    assert (old.state, old.is_immediate) == ("retired", True)
    last = old.state_rows.last()
    assert last is not None
    assert last.at.date() == date(2023, 7, 1)


def test_a_local_row_joins_drops_and_replaces(loaded: Path) -> None:
    riga = services.by_code("grant-riga")
    assert riga is not None
    facts = services.facts(riga)
    assert facts.eligibility["lv"] == ["jums ir bērns", "dzīvojat Rīgā"]
    assert [thing["code"] for thing in facts.evidence] == ["account"]
    assert facts.stages["request"].channels == ("post",)
    assert facts.stages["request"].providers == ("riga",)


def test_a_town_that_does_not_give_it_says_why(loaded: Path) -> None:
    ogre, grant = services.by_code("grant-ogre"), services.by_code("grant")
    assert ogre is not None
    assert grant is not None
    assert ogre.not_offered_because["lv"] == "Šo pabalstu nedodam."
    assert ogre.illustrative == ["receives", "reason"]
    assert grant.holder_code == "towns"


def test_situations_ties_lists_and_words_are_there(loaded: Path) -> None:
    benefit = services.by_code("benefit")
    assert benefit is not None
    assert [found.code for found in situations.of_service(benefit)] == ["child"]
    assert [tied.service.code for tied in ties.of(benefit)] == ["grant"]
    found = lists.by_body_and_year("agency", 2026)
    assert found is not None
    assert (found.state, found.author, found.approver) == ("published", "owner", "approver")
    assert "benefit" in [hit.key for hit in words.search("dekrēts", "lv")]


def test_a_second_state_is_not_loaded_over_the_first(loaded: Path) -> None:
    with pytest.raises(Exception, match="only be loaded into an empty database"):
        loading.load(folder=loaded, by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_what_an_action_refuses_is_told_with_its_place_and_nothing_stays(folder: Path, world: World) -> None:
    world.code_lists()
    _change(folder, "services/benefits.toml", 'summary = { lv = "Nauda par bērnu." }\n', "")

    with pytest.raises(
        errors.NotTaken, match=r"services/benefits.toml, service 1 “benefit”: “benefit” cannot be published"
    ):
        loading.load(folder=folder, by=SYSTEM, now=NOW)

    assert deployment.is_empty()
    assert not deployment.is_sample()


# Faults


def test_a_sound_folder_has_no_faults(folder: Path) -> None:
    assert _faults(folder) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (
            "services/benefits.toml",
            'holder = "agency"\nformer',
            'holder = "agenci"\nformer',
            "services/benefits.toml, service 1 “benefit”: the body “agenci” is not known; add it or correct the name.",
        ),
        (
            "services/benefits.toml",
            'channels = ["online", "post"]',
            'channels = ["online", "pigeon"]',
            (
                "services/benefits.toml, service 1 “benefit”: the channel “pigeon” is not known;"
                " add it or correct the name."
            ),
        ),
        (
            "services/benefits.toml",
            'code = "benefit"',
            'code = "benefit"\ncanvas = "bennefit"',
            (
                "services/benefits.toml, service 1 “benefit”: the canvas “bennefit” is not known;"
                " add it or correct the name."
            ),
        ),
        (
            "services/benefits.toml",
            'code = "benefit"',
            'code = "benefit"\ncanvas = "benefit"\ncanvas_number = 99',
            "services/benefits.toml, service 1 “benefit”: the canvas “benefit” has no version 99; correct the number.",
        ),
        (
            "services/benefits.toml",
            "term_days = 10",
            'term_days = "10"',
            "services/benefits.toml, service 1 “benefit”: “term_days” must be a whole number that is not negative.",
        ),
        (
            "services/benefits.toml",
            "term_days = 10",
            'term_days = 10\nterm = "immediate"',
            "services/benefits.toml, service 1 “benefit”: it has both “term” and “term_days”; keep one.",
        ),
        (
            "services/benefits.toml",
            'title = { lv = "Bērna pabalsts", en = "Child benefit" }',
            'title = "Bērna pabalsts"',
            (
                "services/benefits.toml, service 1 “benefit”: “title” must be a text in languages, Latvian among them;"
                ' write title = { lv = "..." }.'
            ),
        ),
        (
            "services/benefits.toml",
            "retired_on = 2023-07-01",
            "",
            (
                "services/benefits.toml, service 2 “old”: a retired service has both"
                ' state = "retired" and retired_on; give both or neither.'
            ),
        ),
        (
            "services/variants.toml",
            'body = "riga"',
            'body = "rigga"',
            "services/variants.toml, variant 1 “rigga”: the body “rigga” is not known; add it or correct the name.",
        ),
        (
            "services/variants.toml",
            "offered = false\n",
            "",
            (
                "services/variants.toml, variant 2 “ogre”: offered = false and a “reason” belong together;"
                " give both or neither."
            ),
        ),
        (
            "situations.toml",
            'service = "benefit"',
            'service = "benefits"',
            (
                "situations.toml, situation 1 “child”: in step 2 the service “benefits” is not known;"
                " add it or correct the name."
            ),
        ),
        (
            "people.toml",
            'role = "service-owner"',
            'role = "boss"',
            "people.toml, person 1 “owner”: the role “boss” is not known; add it or correct the name.",
        ),
        (
            "words.toml",
            'lv = ["dekrēts", "bērna pabalsts"]',
            'lv = ["dekrēts"]',
            "words.toml, synonym 1: a group needs two words or more; add one or take the group away.",
        ),
        (
            "lists.toml",
            'approver = "approver"',
            'approver = "nobody"',
            "lists.toml, list 1 “agency”: the person “nobody” is not known; add it or correct the name.",
        ),
        (
            "bodies.toml",
            'code = "ministry"',
            'code = "ministry"\nparent = "agency"',
            "bodies.toml, body 1 “agency”: the body stands above itself; correct “parent”.",
        ),
        (
            "bodies.toml",
            'code = "towns"',
            'code = "agency"',
            (
                "bodies.toml, body 3 “agency”: “agency” stands already in bodies.toml, body 1 “agency”;"
                " give one of them another code."
            ),
        ),
        (
            "bodies.toml",
            "on = 2025-01-01",
            'on = "2025"',
            "bodies.toml, change 1: “on” must be a day without quotes; write on = 2026-03-12.",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_place(folder: Path, file: str, before: str, after: str, said: str) -> None:
    _change(folder, file, before, after)
    assert said in _faults(folder)


def test_a_misspelt_key_is_told_with_the_known_ones(folder: Path) -> None:
    _change(folder, "ties.toml", "kind =", 'noet = { lv = "x" }\nkind =')
    assert _faults(folder) == [
        (
            "ties.toml, tie 1 “benefit”: “noet” is not known here; correct it or take it away."
            " Known are kind, from, to, note."
        )
    ]


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    _change(folder, "ties.toml", 'from = "benefit"\n', "")
    _change(folder, "people.toml", 'name = { lv = "Īpašniece" }\n', "")
    assert [fault.split(":")[0] for fault in _faults(folder)] == ["ties.toml, tie 1", "people.toml, person 1 “owner”"]


def _not_toml(path: Path) -> None:
    path.write_text("[[tie]\n", encoding="utf-8")


def _not_utf8(path: Path) -> None:
    path.write_bytes('[[tie]]\nkind = "bērns"'.encode("utf-16"))


@pytest.mark.parametrize(("spoil", "said"), [(_not_toml, "it is not TOML"), (_not_utf8, "it is not UTF-8")])
def test_a_file_that_cannot_be_read_is_told(folder: Path, spoil: Callable[[Path], None], said: str) -> None:
    spoil(folder / "ties.toml")
    (fault,) = _faults(folder)
    assert fault.startswith(f"ties.toml, the whole file: {said}")


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.NoFolder, match=r"name the folder that holds bodies\.toml"):
        reading.read(tmp_path / "nowhere")


def test_the_hash_changes_with_any_file_and_with_its_name(folder: Path) -> None:
    first = reading.content_hash(folder)
    copy = shutil.copytree(folder, folder.parent / "copy")
    assert reading.content_hash(copy) == first
    (copy / "ties.toml").rename(copy / "tie.toml")
    assert reading.content_hash(copy) != first


# The state that ships


def test_the_sample_state_that_ships_has_no_faults() -> None:
    assert _faults(SHIPPED) == []


@pytest.mark.django_db
@pytest.mark.once
def test_the_sample_state_holds_what_was_promised(world: World) -> None:
    world.code_lists()
    canvas_actions.load_shipped(by=SYSTEM, now=NOW)
    indicators.load_national(by=SYSTEM, now=NOW)
    loading.load(folder=SHIPPED, by=SYSTEM, now=NOW)

    published = services.published()
    areas = set(published.values_list("area", flat=True))
    grant = services.by_code("pabalsts-bernam-piedzimstot")
    assert grant is not None

    assert published.count() >= 190
    assert areas == set(terms.labels("areas")["areas"])
    assert situations.published().count() == 8
    assert services.variants(grant).count() == 42
    assert situations.broken() == []
    made_in = Counter(services.all_services().values_list("canvas_version__canvas__code", flat=True))
    assert set(made_in) == {one.code for one in canvases.shipped()} | {grant.code}
    assert made_in[grant.code] == 42
    for asked in ("pabalsti bērniem", "pabalstu berniem"):
        groups = {hit.group for hit in words.search(asked, "lv", kinds=["service"])}
        assert {"pabalsts-bernam-piedzimstot", "berna-kopsanas-pabalsts"} <= groups, asked


def test_the_format_is_described_key_by_key() -> None:
    """Every key that is read stands in the page about the format, under code marks."""
    root = Path(__file__).resolve().parents[5]
    code = (root / "src/ietvars/doors/machines/feeds/state/turning.py").read_text(encoding="utf-8")
    page = (root / "docs/howto/state-folder.md").read_text(encoding="utf-8")
    page = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    asked = set(
        re.findall(r"\.(?:text|texts|codes|word_lists|day|yes|number|money|quantity|one_of)\(\s*\"(\w+)\"", code)
    )
    asked |= set(re.findall(r"_day\(table, \"(\w+)\"\)", code))
    described = {word for span in re.findall(r"`([^`]+)`", page) for word in re.findall(r"\w+", span)}

    assert len(asked) > 60
    assert sorted(asked - described) == []
