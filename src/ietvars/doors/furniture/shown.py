"""What every presenter is: something that shows itself as HTML on a page and as plain text in a table file.

A presenter is a frozen dataclass that holds words and choices. Small marks draw themselves; parts have a template.
This module must not know any particular one.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ietvars.doors.furniture import days, words


def language() -> str:
    """Language of this answer: lv or en."""
    return (get_language() or words.LATVIAN).split("-")[0]


class Mark:
    """A small presenter that draws itself."""

    def html(self) -> SafeString:
        """The mark as it stands on a page."""
        raise NotImplementedError

    def plain(self) -> str | int | float | Decimal:
        """The mark in a table file: text, or its bare number."""
        raise NotImplementedError

    def __html__(self) -> SafeString:
        return self.html()

    def __str__(self) -> str:
        return self.html()


class Part(Mark):
    """A presenter with a template of its own, in which it is called `c`."""

    template: ClassVar[str]

    def html(self) -> SafeString:
        """The part, drawn by its template."""
        return render_to_string(self.template, {"c": self})

    def plain(self) -> str:
        """Parts stand on pages only."""
        return ""


def as_html(what: Any) -> SafeString:
    """Show anything a cell may hold: a mark, a number, a day, several of them, or words."""
    if isinstance(what, Mark):
        return what.html()
    if isinstance(what, bool) or what is None:
        raise TypeError(f"A cell says its state in words, not {what!r}")
    if isinstance(what, int | float | Decimal):
        return format_html('<span class="iv-num">{}</span>', words.number(what, language()))
    if isinstance(what, datetime):
        return format_html('<span class="iv-num">{}</span>', days.moment_in_table(what, language()))
    if isinstance(what, date):
        return format_html('<span class="iv-num">{}</span>', days.in_table(what, language()))
    if isinstance(what, tuple):
        return SafeString(" ".join(as_html(part) for part in what))
    return SafeString(conditional_escape(what))


def as_plain(what: Any) -> str | int | float | Decimal:
    """The same for a table file: numbers stay numbers, days are ISO 8601, marks say their words."""
    if isinstance(what, Mark):
        return what.plain()
    if isinstance(what, int | float | Decimal):
        return what
    if isinstance(what, date | datetime):
        return what.isoformat()
    if isinstance(what, tuple):
        return "; ".join(str(as_plain(part)) for part in what)
    return str(what)
