"""How a preview of a sheet is shown: outcomes as tags, each cell with what changes in it marked, what to do next.

It words and colours what the room has judged; it judges nothing.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from ietvars.doors.furniture import days, words
from ietvars.doors.furniture.marks import Muted, Tag, Words
from ietvars.doors.furniture.parts import Option, Switch, with_query
from ietvars.doors.furniture.shown import Mark, language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.people import queries as people
from ietvars.ground.terms.rules import pick
from ietvars.institution.sheets import cells, layouts
from ietvars.institution.sheets.rules import Outcome, State, letters

TAGS: Mapping[str, Tag] = {
    Outcome.CHANGE: Tag(pgettext_lazy("a cell", "Changes"), tone="blue"),
    Outcome.CONFLICT: Tag(pgettext_lazy("a cell", "Conflict"), tone="due"),
    Outcome.REFUSED: Tag(pgettext_lazy("a cell", "Refused"), tone="danger"),
    Outcome.SAME: Tag(pgettext_lazy("a cell", "Already so")),
}

STATES: Mapping[str, Tag] = {
    State.PREVIEWED: Tag(pgettext_lazy("a sheet", "Not written yet"), tone="due"),
    State.APPLIED: Tag(pgettext_lazy("a sheet", "Written"), tone="better"),
    State.DROPPED: Tag(pgettext_lazy("a sheet", "Put aside")),
}

TABS: Mapping[str, Words] = {
    Outcome.CONFLICT: gettext_lazy("Conflicts"),
    Outcome.REFUSED: pgettext_lazy("cells", "Refused"),
    Outcome.CHANGE: gettext_lazy("Changes"),
    Outcome.SAME: pgettext_lazy("cells", "Already so"),
}
"""In this order: what somebody must look at comes first."""


def tabs(request: HttpRequest, counts: Mapping[str, int], chosen: str) -> Switch:
    """The switch of outcomes, each with its number; those without a cell are left out."""
    said = language()
    whole = sum(counts.values())
    every = pgettext("cells", "All")
    options = [Option(f"{every} {words.number(whole, said)}", _tab(request, None), current=not chosen)]
    options += [
        Option(f"{says} {words.number(counts[code], said)}", _tab(request, str(code)), current=chosen == code)
        for code, says in TABS.items()
        if counts[code]
    ]
    return Switch(_("What happens to the cells"), tuple(options))


def _tab(request: HttpRequest, code: str | None) -> str:
    return with_query(request, iznakums=code, lapa=None)


def write(number: int, *, leaves_conflicts: bool = False, takes_conflicts: bool = False) -> str:
    """What the button says."""
    shown = words.number(number, language(), running=True)
    if takes_conflicts:
        says = ngettext("Write %(shown)s change over the others", "Write all %(shown)s changes", number)
    elif leaves_conflicts:
        says = ngettext("Write %(shown)s change without conflict", "Write %(shown)s changes without conflict", number)
    else:
        says = ngettext("Write %(shown)s change", "Write %(shown)s changes", number)
    return says % {"shown": shown}


def lead(kind: str, state: str, counts: Mapping[str, int]) -> str:
    """One sentence on what the file would do, or has done."""
    if state == State.DROPPED:
        return _("This file was put aside. Nothing of it was written.")
    if state == State.APPLIED:
        return _("This file was applied. It changes nothing any more.")
    if not any(counts.values()):
        return _("The file changes nothing: every cell is as it was downloaded.")
    said = language()
    shown = words.number(counts[Outcome.CHANGE], said, running=True)
    pieces = [ngettext("%(shown)s change", "%(shown)s changes", counts[Outcome.CHANGE]) % {"shown": shown}]
    if counts[Outcome.CONFLICT]:
        shown = words.number(counts[Outcome.CONFLICT], said, running=True)
        pieces.append(
            ngettext("%(shown)s conflict", "%(shown)s conflicts", counts[Outcome.CONFLICT]) % {"shown": shown}
        )
    if counts[Outcome.REFUSED]:
        shown = words.number(counts[Outcome.REFUSED], said, running=True)
        pieces.append(
            ngettext("%(shown)s refused cell", "%(shown)s refused cells", counts[Outcome.REFUSED]) % {"shown": shown}
        )
    told = words.listed(pieces, said)
    return _("%(what)s. Nothing is written yet.") % {"what": words.capital(told)}


def notes(kind: str, told: Mapping[str, Any]) -> list[str]:
    """What else is to be said of the file, a sentence each."""
    found: list[str] = []
    said = language()
    if told.get("hidden_rows"):
        rows = ", ".join(str(row) for row in told["hidden_rows"][:10])
        found.append(_("Hidden rows were read too: %(rows)s.") % {"rows": rows})
    if told.get("absent_rows"):
        shown = words.number(told["absent_rows"], said, running=True)
        found.append(
            ngettext(
                "%(shown)s row of the download is not in the file; it stays as it is.",
                "%(shown)s rows of the download are not in the file; they stay as they are.",
                told["absent_rows"],
            )
            % {"shown": shown}
        )
    if told.get("absent_columns"):
        heads = ", ".join(heading(kind, code) for code in told["absent_columns"][:8])
        found.append(_("Columns that are not in the file stay as they are: %(columns)s.") % {"columns": heads})
    if told.get("extra_columns"):
        heads = ", ".join(told["extra_columns"][:8])
        found.append(_("Columns that are not of the download were not read: %(columns)s.") % {"columns": heads})
    return found


def heading(kind: str, code: str) -> str:
    """The words above a column."""
    if code == layouts.MARK.code:
        return layouts.MARK.heading[language()]
    column = layouts.column(kind, code)
    return column.heading[language()] if column else code


def table(found: Any, rows: Any) -> Table:
    """Cells of a preview as a table."""
    return Table(
        code=f"izklajlapa-{found.pk}",
        caption=_("Cells of the file"),
        columns=(
            Column(pgettext("column head", "Cell"), "cell"),
            Column(_("About"), "about"),
            Column(_("Field"), "field"),
            Column(pgettext("a cell", "Was"), "was"),
            Column(pgettext("a cell", "Becomes"), "becomes"),
            Column(_("What happens"), "outcome"),
        ),
        rows=tuple(_row(found.kind, row) for row in rows),
        scroll=_("Cells of the file"),
    )


def _row(kind: str, row: Any) -> Row:
    was, becomes = _values(kind, row)
    return Row(
        (
            f"{letters(row.place)}{row.row}",
            Cell(row.label or row.key or Muted(_("unknown row")), under=_key(kind, row), wide=True),
            heading(kind, row.column),
            Cell(was, wide=True),
            Cell(becomes, wide=True),
            Cell(TAGS[row.outcome], under=_why(kind, row), wide=True),
        )
    )


def _key(kind: str, row: Any) -> str:
    """What the row is about, in codes, without what its title says already."""
    if kind == layouts.SERVICES:
        return str(row.key) if row.label else ""
    pieces = row.key.split("|")
    if len(pieces) == len(layouts.keys(kind)):
        named = dict(zip((column.code for column in layouts.keys(kind)), pieces, strict=True))
        pieces = [piece for code, piece in named.items() if not (code == "service" and row.label) and code != "body"]
    return " · ".join(piece for piece in pieces if piece)


def _why(kind: str, row: Any) -> str:
    """Under the tag: what stands there now, or why the cell is not taken."""
    if row.outcome == Outcome.CONFLICT:
        now = plain(kind, row.column, row.now) or _("nothing")
        return _("Changed meanwhile to: %(now)s") % {"now": _clipped(now, 300)}
    return said(row.refusal) if row.refusal else ""


def said(refusal: Mapping[str, Any]) -> str:
    """A kept refusal as its sentence in the language of the page."""
    message = refusal["message"]
    words_of_page = _(message)
    return words_of_page % refusal["facts"] if refusal.get("facts") else words_of_page


def plain(kind: str, column: str, value: str) -> str:
    """A value in words of the page."""
    found = layouts.column(kind, column)
    return cells.shown(found, value, language()) if found else value


def _values(kind: str, row: Any) -> tuple[Any, Any]:
    """What was and what becomes, with the difference marked where both are texts; of a refused cell what it holds."""
    was = plain(kind, row.column, row.was)
    empty = Muted(pgettext("a cell", "empty"))
    if row.outcome == Outcome.REFUSED:
        held = Muted(words.quoted(_clipped(row.becomes, 300), language())) if row.becomes else empty
        return _clipped(was, 300) or empty, held
    becomes = plain(kind, row.column, row.becomes)
    if not was or not becomes:
        return _clipped(was, 300) or empty, _clipped(becomes, 300) or empty
    return differing(was, becomes)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 600
_AROUND = 10
_ALIKE = 0.4
"""Texts that have less in common are shown as one taken out and one put in, not as a mosaic."""


@dataclass(frozen=True)
class Differing(Mark):
    """A text with what was taken out of it, or put into it, marked; in files the text alone."""

    shown: SafeString
    text: str

    def html(self) -> SafeString:
        return format_html("<span>{}</span>", self.shown)

    def plain(self) -> str:
        return self.text


def differing(was: str, becomes: str) -> tuple[Differing, Differing]:
    """Both texts with what was taken out and what was put in marked; long stretches that stay are cut short."""
    before, after = _WORDS.findall(was), _WORDS.findall(becomes)
    compared = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > 2 * _MOST_WORDS or compared.ratio() < _ALIKE:
        old = format_html("<del>{}</del>", _clipped(was, 300))
        return Differing(old, was), Differing(format_html("<ins>{}</ins>", _clipped(becomes, 300)), becomes)
    old, new = SafeString(""), SafeString("")
    steps = _joined(compared.get_opcodes(), before)
    for place, (what, a, b, c, d) in enumerate(steps):
        if what == "equal":
            kept = _shortened(before[a:b], is_first=place == 0, is_last=place == len(steps) - 1)
            old, new = format_html("{}{}", old, kept), format_html("{}{}", new, kept)
            continue
        old = format_html("{}{}", old, _marked("del", before[a:b]))
        new = format_html("{}{}", new, _marked("ins", after[c:d]))
    return Differing(old, was), Differing(new, becomes)


Step = tuple[str, int, int, int, int]


def _joined(steps: Sequence[Step], before: list[str]) -> list[Step]:
    """The steps of a comparison; blanks that stay between two changes are taken into them."""
    made: list[Step] = []
    for place, (what, a, b, c, d) in enumerate(steps):
        is_between = 0 < place < len(steps) - 1
        kind = "replace" if what != "equal" or (is_between and not "".join(before[a:b]).strip()) else "equal"
        if made and made[-1][0] == kind == "replace":
            _, first, _, third, _ = made.pop()
            made.append((kind, first, b, third, d))
        else:
            made.append((kind, a, b, c, d))
    return made


def _marked(tag: str, pieces: list[str]) -> SafeString:
    """Words in a mark of their own; the blank behind them stays outside."""
    text = "".join(pieces)
    end = text[len(text.rstrip()) :]
    return format_html("<{0}>{1}</{0}>{2}", SafeString(tag), text.rstrip(), end) if text.strip() else SafeString(text)


def _shortened(kept: list[str], *, is_first: bool, is_last: bool) -> str:
    """Words that stay: those next to a change, the rest as an ellipsis."""
    if len(kept) <= 4 * _AROUND:
        return "".join(kept)
    head = "" if is_first else "".join(kept[:_AROUND])
    tail = "" if is_last else "".join(kept[-_AROUND:])
    return f"{head}… {tail}"


def person(username: str, named: Mapping[str, Mapping[str, str]]) -> str:
    """The name of somebody, else the username."""
    return pick(named.get(username), language()) or username


def history(rows: Any, counts: Mapping[int, Mapping[str, int]]) -> Table:
    """Files that came back, newest first."""
    named = people.names({row.made_by for row in rows})
    return Table(
        code="izklajlapas",
        caption=_("Files that came back"),
        columns=(
            Column(_("File"), "file"),
            Column(_("State"), "state"),
            Column(_("Changes"), "changes", n=True),
            Column(_("Conflicts"), "conflicts", n=True),
            Column(pgettext("cells", "Refused"), "refused", n=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        row.file_name,
                        href=reverse("owners:sheet", args=[row.pk]),
                        under=f"{person(row.made_by, named)}, {days.moment_in_table(row.made_at, language())}",
                    ),
                    STATES[row.state],
                    counts[row.pk][Outcome.CHANGE],
                    counts[row.pk][Outcome.CONFLICT],
                    counts[row.pk][Outcome.REFUSED],
                )
            )
            for row in rows
        ),
    )
