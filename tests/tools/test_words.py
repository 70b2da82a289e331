"""Texts of the interface are found wherever they are said, and a catalogue with a gap is found out."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

import words

CATALOGUE = "doors/public/locale/lv/LC_MESSAGES/django.po"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package with one door, which says two things in Python and three on a page."""
    door = tmp_path / "doors/public"
    (door / "templates/public").mkdir(parents=True)
    (door / "pages.py").write_text(
        'title = _("Services")\nclass A(Refusal):\n    message = sentence(\n        "%(name)s is "\n        "gone.")\n'
    )
    (door / "templates/public/page.html").write_text(
        '{% load i18n %}\n    <h1>{% translate "Find" %}</h1>\n'
        "  {% blocktranslate trimmed count n=total %}\n    one service\n  {% plural %}\n    {{ n }} services\n"
        '  {% endblocktranslate %}\n<p>{% translate "May" context "month" %}</p>\n'
    )
    return tmp_path


def _catalogue(package: Path, **changes: str) -> None:
    """A complete catalogue, but for the message ids in `changes`."""
    words.collect(package, [])
    file = polib.pofile(str(package / CATALOGUE))
    latvian = {"Services": "Pakalpojumi", "%(name)s is gone.": "%(name)s vairs nav.", "Find": "Meklēt", "May": "Maijs"}
    for entry in file:
        if entry.msgid_plural:
            entry.msgstr_plural = {
                0: "%(n)s pakalpojums",
                1: "%(n)s pakalpojumi",
                2: "nav pakalpojumu",
            }
        else:
            entry.msgstr = {**latvian, **changes}[entry.msgid]
    file.save()


def test_every_text_is_found_with_its_plural_and_context(package: Path) -> None:
    texts = words.said(package)[package / "doors/public"]
    assert {(key, text.plural) for key, text in texts.items()} == {
        (("", "Services"), ""),
        (("", "%(name)s is gone."), ""),
        (("", "Find"), ""),
        (("", "one service"), "%(n)s services"),
        (("month", "May"), ""),
    }


def test_a_complete_catalogue_has_no_fault(package: Path) -> None:
    _catalogue(package)
    assert words.faults(package) == []


def test_without_a_catalogue_every_text_is_missing(package: Path) -> None:
    assert len(words.faults(package)) == 5


def test_collecting_twice_changes_nothing(package: Path) -> None:
    _catalogue(package)
    words.collect(package, [])
    before = (package / CATALOGUE).read_bytes()
    words.collect(package, [])
    assert (package / CATALOGUE).read_bytes() == before


def test_collecting_keeps_the_latvian_that_is_there(package: Path) -> None:
    _catalogue(package)
    (package / "doors/public/more.py").write_text('x = _("More")\n')
    words.collect(package, [])
    assert words.faults(package) == [f"{CATALOGUE}: no Latvian: 'More'"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Find": ""}, "no Latvian: 'Find'"),
        ({"%(name)s is gone.": "Vairs nav."}, "leaves out what the English fills in"),
        ({"Find": "Meklēt %(name)s"}, "fills in what the English does not"),
    ],
)
def test_a_gap_is_named(package: Path, changes: dict[str, str], fault: str) -> None:
    _catalogue(package, **changes)
    (said,) = words.faults(package)
    assert fault in said


def test_a_doubtful_text_is_named(package: Path) -> None:
    _catalogue(package)
    file = polib.pofile(str(package / CATALOGUE))
    file[0].flags = ["fuzzy"]
    file.save()
    (said,) = words.faults(package)
    assert "doubtful" in said


def test_a_text_that_nobody_says_any_more_is_named(package: Path) -> None:
    _catalogue(package)
    (package / "doors/public/pages.py").write_text('title = _("Services")\n')
    assert words.faults(package) == [f"{CATALOGUE}: no longer said: '%(name)s is gone.'"]


def test_one_english_text_with_two_latvian_ones_is_named(package: Path) -> None:
    _catalogue(package)
    (package / "ground/bodies").mkdir(parents=True)
    (package / "ground/bodies/errors.py").write_text('x = _("Find")\n')
    words.collect(package, [package / "ground"])
    other = package / "ground/locale/lv/LC_MESSAGES/django.po"
    file = polib.pofile(str(other))
    file[0].msgstr = "Atrast"
    file.save()
    (said,) = words.faults(package)
    assert "in different words: Meklēt / Atrast" in said


def test_a_text_inside_of_an_f_string_is_named(package: Path) -> None:
    _catalogue(package)
    (package / "doors/public/more.py").write_text("a = 1\nline = f\"{a}: {_('Find')}\"\n")
    assert words.faults(package) == [
        "doors/public/more.py:2: a text is marked inside of an f-string; take it out of there"
    ]
