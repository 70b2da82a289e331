"""What feedback may hold, how it goes on, and when a mean may be shown. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.feedback import errors


class State(StrEnum):
    """Where feedback stands at its holder."""

    NEW = "new"
    ANSWERED = "answered"
    CLOSED = "closed"
    COUNTED = "counted"


NEXT: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.ANSWERED, State.CLOSED}),
    State.ANSWERED: frozenset(),
    State.CLOSED: frozenset({State.NEW}),
    State.COUNTED: frozenset(),
}
"""What can follow what. An answer that has gone out cannot be taken back; a rating without words asks for nothing."""


class Found(StrEnum):
    """Whether the person found what was sought (Regulation (EU) 2018/1724, article 25)."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Category(StrEnum):
    """What was rated, as the Single Digital Gateway divides it."""

    INFORMATION = "information"
    PROCEDURE = "procedure"
    ASSISTANCE = "assistance"


RATINGS = (1, 2, 3, 4, 5)

STAGE = "stages."
PARTS = (
    "eligibility",
    "evidence",
    "fees",
    "term",
    "appeal",
    f"{STAGE}request",
    f"{STAGE}execution",
    f"{STAGE}receipt",
)
"""Parts of a description that a visitor can point at, by their paths; the empty one is the whole page."""

LONGEST_COMMENT = 2000
LONGEST_ANSWER = 4000
LONGEST_ADDRESS = 254
LONGEST_PAGE = 300

SHOWN_FROM = 10
"""Fewer ratings than this are never shown as a mean: one angry afternoon would be the whole picture, and a single
person could be recognised in it."""

METHOD = "form on public pages, self-selected, 1 to 5"
"""How satisfaction is measured here. Whoever is angry or glad answers more often; it is no survey."""


@dataclass(frozen=True)
class Visitor:
    """The author of feedback: nobody in particular."""

    username: str = "visitor"
    role: str = ""
    body_code: str = ""


VISITOR = Visitor()


@dataclass(frozen=True)
class Said:
    """What somebody says. Comment and address are kept out of every printed form of it.

    `page` is the path of the page without query and language; `trap` is the field that people do not see.
    """

    page: str
    rating: int | None
    found: str = ""
    comment: str = field(default="", repr=False)
    part: str = ""
    address: str = field(default="", repr=False)
    language: str = "lv"
    service: str = ""
    body: str = ""
    trap: str = field(default="", repr=False)


@dataclass(frozen=True)
class Brought:
    """One entry of a file from an institution's own tool. `service` is its code where the address leads to one."""

    source: str
    category: Category
    rating: int
    found: str = ""
    comment: str = field(default="", repr=False)
    service: str = ""


@dataclass(frozen=True)
class Rating:
    """A mean of ratings and of how many it is; `mean` has one decimal. It is illustrative as soon as one rating is."""

    mean: Decimal
    n: int
    is_illustrative: bool = False


@dataclass(frozen=True)
class Satisfaction:
    """Satisfaction as a quantity: mean on the scale, the same as 0 to 100, of how many, how measured."""

    mean: Decimal
    normalised: Decimal
    n: int
    is_illustrative: bool = False
    scale: tuple[int, int] = (RATINGS[0], RATINGS[-1])
    method: str = METHOD


@dataclass(frozen=True)
class Limits:
    """How many messages are taken in an hour: from one sender, and from all together."""

    sender: int
    all: int


_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[\w-]+(?:\.[\w-]+)*\.\w{2,}")


def require_said(said: Said) -> None:
    """Refuse what cannot be taken, with the first reason."""
    if said.trap:
        raise errors.NotByAProgram
    if said.rating not in RATINGS:
        raise errors.NoRating
    require_length(said.comment, LONGEST_COMMENT)
    if said.part and said.part not in PARTS:
        raise errors.UnknownPart(part=said.part[:40])
    if said.address and not is_address(said.address):
        raise errors.NotAnAddress


def require_length(text: str, limit: int) -> None:
    """Refuse a text that is longer than what is read."""
    if len(text) > limit:
        raise errors.TooLong(length=len(text), limit=limit)


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address; nothing that could end a line of a letter's head passes."""
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(text)) and text.isprintable()


def require_step(state: str, wanted: State) -> None:
    """Refuse a step that the table of states does not have."""
    if wanted not in NEXT[State(state)]:
        raise errors.WrongState(state=state, wanted=wanted.value)


def require_holder(actor: Actor, holder_id: int | None) -> None:
    """Feedback on a service is the holder's; what has no holder (search, the first page) is the overseer's."""
    if actor.role is Role.SYSTEM:
        return
    if holder_id is None:
        if actor.role is not Role.OVERSEER:
            raise errors.NotForYou
    elif actor.role is not Role.SERVICE_OWNER or not actor.reaches(holder_id):
        raise errors.NotForYou


def require_words(text: str, limit: int = LONGEST_ANSWER) -> str:
    """The text without what nobody sees; refuse an empty or a long one."""
    clean = plain(text)
    if not clean:
        raise errors.NothingWritten
    require_length(clean, limit)
    return clean


def plain(text: str) -> str:
    """The text as people see it: no control signs, nothing that turns the direction of writing, at most one empty line.

    Tags stay as they were typed and are shown as text; that is the business of whoever shows them.
    """
    one = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in one if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"))
    return re.sub(r"\n{3,}", "\n\n", unicodedata.normalize("NFC", kept)).strip()


def begins_as(*, comment: str, address: str) -> State:
    """A rating alone is counted and waits for nobody; words, or the wish for an answer, wait for the holder."""
    return State.NEW if comment or address else State.COUNTED


def stage_and_part(part: str) -> tuple[str, str]:
    """A part as stage and part: ("request", "") or ("", "fees")."""
    return (part.removeprefix(STAGE), "") if part.startswith(STAGE) else ("", part)


def category(part: str) -> Category:
    """A stage is the procedure itself; a part of the text or a whole page is information."""
    return Category.PROCEDURE if part.startswith(STAGE) else Category.INFORMATION


def path_of(address: str) -> str:
    """The path of an address on this site without query and fragment; empty when it leads elsewhere or nowhere."""
    path = re.split(r"[?#]", address, maxsplit=1)[0][:LONGEST_PAGE]
    is_ours = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if is_ours else ""


def rating(total: int, n: int, *, is_illustrative: bool = False) -> Rating | None:
    """The mean of `n` ratings that add up to `total`, or nothing while they are too few to be shown."""
    if n < SHOWN_FROM:
        return None
    return Rating(mean=_mean(total, n, "0.1"), n=n, is_illustrative=is_illustrative)


def satisfaction(total: int, n: int, *, is_illustrative: bool = False) -> Satisfaction | None:
    """Satisfaction of `n` ratings that add up to `total`: mean and 0 to 100, two decimals; nothing of nobody."""
    if not n:
        return None
    low, high = RATINGS[0], RATINGS[-1]
    return Satisfaction(
        mean=_mean(total, n, "0.01"),
        normalised=_mean(100 * (total - low * n), (high - low) * n, "0.01"),
        n=n,
        is_illustrative=is_illustrative,
    )


def _mean(total: int, n: int, digits: str) -> Decimal:
    return (Decimal(total) / Decimal(n)).quantize(Decimal(digits), ROUND_HALF_UP)


def seconds_left(now: datetime) -> int:
    """Seconds for which the count of this hour must be kept: to its end and a little longer."""
    return 3600 - (now.minute * 60 + now.second) + 60
