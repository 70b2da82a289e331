"""A description as a value: all that is said of a service apart from its code, holder and state.

It has two equal forms. `ServiceFacts` is what rules and tables work with; a *description* is a flat dictionary from
the path of each part to a JSON value, which drafts, canvases, comparisons and exchanges keep. Pure; never imports
Django. Source of the three stages: Cabinet Regulation 399, point 2.3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ietvars.institution.canvases import errors

Texts = Mapping[str, str]
Description = Mapping[str, Any]
"""Path of a part to its JSON value; a path that is left out is empty."""

STAGES = ("request", "execution", "receipt")
"""The three stages of the law, in order."""


@dataclass(frozen=True)
class StageFacts:
    """What is said of one stage. `providers` are codes of bodies; none means the holder itself."""

    text: Texts = field(default_factory=dict)
    url: str = ""
    channels: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeeFacts:
    """What a person pays at a stage; without an amount the text says it."""

    stage: str
    amount: Decimal | None = None
    currency: str = "EUR"
    text: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceFacts:
    """All that a description says, apart from code, holder and state. Names are those of the table's fields."""

    title: Texts
    summary: Texts = field(default_factory=dict)
    kind: str = ""
    area: str = ""
    audience: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    keywords: Mapping[str, Sequence[str]] = field(default_factory=dict)
    receives: Texts = field(default_factory=dict)
    eligibility: Mapping[str, Sequence[str]] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()
    legal_acts: tuple[Mapping[str, Any], ...] = ()
    is_immediate: bool = False
    term_days: int | None = None
    apply_within: Texts = field(default_factory=dict)
    appeal: Texts = field(default_factory=dict)
    reviewed_on: date | None = None
    illustrative: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    stages: Mapping[str, StageFacts] = field(default_factory=dict)
    fees: tuple[FeeFacts, ...] = ()


ROW_FIELDS = tuple(entry.name for entry in fields(ServiceFacts) if entry.name not in ("identifiers", "stages", "fees"))
"""Fields kept on the service's own row."""

TEXT_PARTS = ("title", "summary", "receives", "apply_within", "appeal")
"""Parts of one text in each language."""

LIST_PARTS = ("keywords", "eligibility")
"""Parts of several short texts in each language."""

CODE_PARTS = ("audience", "life_events", "languages")
"""Parts that hold codes of a code list."""

ENTRY_PARTS = ("evidence", "outputs", "legal_acts", "fees")
"""Parts of several entries, each with a text."""

PARTS = (
    "title",
    "summary",
    "receives",
    "kind",
    "area",
    "audience",
    "life_events",
    "keywords",
    "eligibility",
    "evidence",
    "apply_within",
    "stages.request.text",
    "stages.request.url",
    "stages.request.channels",
    "stages.request.providers",
    "fees",
    "stages.execution.text",
    "stages.execution.url",
    "stages.execution.channels",
    "stages.execution.providers",
    "term",
    "stages.receipt.text",
    "stages.receipt.url",
    "stages.receipt.channels",
    "stages.receipt.providers",
    "outputs",
    "appeal",
    "legal_acts",
    "languages",
)
"""Paths of all parts in the order in which a person writes them: who and what, asking, doing, getting, law."""


def plain(value: Any) -> Any:
    """The value as JSON keeps it: tuples become lists, mappings dictionaries, amounts texts; anything else stays."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value


def parts(facts: ServiceFacts) -> dict[str, Any]:
    """The description of the facts: every path of PARTS that is not empty. Days, numbers elsewhere and the list of
    illustrative fields are no parts, since nobody writes them."""
    found: dict[str, Any] = {
        name: plain(getattr(facts, name))
        for name in (*TEXT_PARTS, *LIST_PARTS, *CODE_PARTS, *ENTRY_PARTS, "kind", "area")
        if name != "fees"
    }
    found["fees"] = [
        {"stage": fee.stage, "amount": plain(fee.amount), "currency": fee.currency, "text": plain(fee.text)}
        for fee in facts.fees
    ]
    found["term"] = {"immediate": facts.is_immediate, "days": facts.term_days}
    for name, stage in facts.stages.items():
        found[f"stages.{name}.text"] = plain(stage.text)
        found[f"stages.{name}.url"] = stage.url
        found[f"stages.{name}.channels"] = list(stage.channels)
        found[f"stages.{name}.providers"] = list(stage.providers)
    return {path: found[path] for path in PARTS if not is_empty(found.get(path))}


def facts(description: Description, known: ServiceFacts | None = None) -> ServiceFacts:
    """The facts of a description. `known` lends what is no part: day of review, numbers elsewhere, illustrative fields.

    Raises UnknownPart, NotAPart for a value of another form than its part's.
    """
    for path, value in description.items():
        require_form(path, value)
    term = description.get("term") or {}
    told: dict[str, Any] = {name: description.get(name, {}) for name in (*TEXT_PARTS, *LIST_PARTS)}
    for name in (*CODE_PARTS, "evidence", "outputs", "legal_acts"):
        told[name] = tuple(description.get(name, ()))
    for name in ("reviewed_on", "illustrative", "identifiers") if known is not None else ():
        told[name] = getattr(known, name)
    return ServiceFacts(
        **told,
        kind=description.get("kind", ""),
        area=description.get("area", ""),
        is_immediate=bool(term.get("immediate")),
        term_days=None if term.get("immediate") else term.get("days"),
        fees=tuple(_fee(entry) for entry in description.get("fees", ())),
        stages={name: _stage(description, name) for name in STAGES},
    )


def _stage(description: Description, name: str) -> StageFacts:
    return StageFacts(
        text=description.get(f"stages.{name}.text", {}),
        url=description.get(f"stages.{name}.url", ""),
        channels=tuple(description.get(f"stages.{name}.channels", ())),
        providers=tuple(description.get(f"stages.{name}.providers", ())),
    )


def _fee(entry: Mapping[str, Any]) -> FeeFacts:
    amount = entry.get("amount")
    return FeeFacts(
        stage=entry["stage"],
        amount=None if amount in (None, "") else Decimal(str(amount)),
        currency=entry.get("currency") or "EUR",
        text=entry.get("text") or {},
    )


def is_empty(value: Any) -> bool:
    """Whether a part says nothing: an empty text, list or mapping, and a mapping of nothing but such."""
    if value is None or value is False or value == "":
        return True
    if isinstance(value, Mapping):
        return all(is_empty(inner) for inner in value.values())
    return isinstance(value, list | tuple) and not value


def same(one: Any, other: Any) -> bool:
    """Whether two values of a part say the same; nothing is nothing, in whatever form."""
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(same(one.get(key), other.get(key)) for key in {*one, *other})
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def changed(before: Description, after: Description) -> tuple[str, ...]:
    """Paths in which two descriptions differ, in the order of PARTS."""
    return tuple(path for path in PARTS if not same(before.get(path), after.get(path)))


def with_changes(description: Description, changes: Description) -> dict[str, Any]:
    """The description with some parts said anew; an empty one is taken out. Raises UnknownPart, NotAPart."""
    for path, value in changes.items():
        require_form(path, value)
    found = {**description, **changes}
    return {path: found[path] for path in PARTS if not is_empty(found.get(path))}


def require_form(path: str, value: Any) -> None:
    """Refuse an unknown path, and a value of another form than the part has. Raises UnknownPart, NotAPart."""
    if path not in PARTS:
        raise errors.UnknownPart(part=path)
    if not is_empty(value) and not _has_form(path, value):
        raise errors.NotAPart(part=path)


def _has_form(path: str, value: Any) -> bool:
    if path in TEXT_PARTS or path.endswith(".text"):
        return _is_texts(value)
    if path in LIST_PARTS:
        return isinstance(value, Mapping) and all(_is_list_of_text(inner) for inner in value.values())
    if path in CODE_PARTS or path.endswith((".channels", ".providers")):
        return _is_list_of_text(value)
    if path == "term":
        return isinstance(value, Mapping) and set(value) <= {"immediate", "days"} and _is_days(value.get("days"))
    if path in ENTRY_PARTS:
        return isinstance(value, list | tuple) and all(_is_entry(path, entry) for entry in value)
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(inner, str) for inner in value.values())


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(inner, str) for inner in value)


def _is_days(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000)


def _is_entry(path: str, entry: Any) -> bool:
    if not isinstance(entry, Mapping) or not _is_texts(entry.get("text" if path == "fees" else "title") or {}):
        return False
    if path != "fees":
        return all(isinstance(inner, str) for key, inner in entry.items() if key != "title")
    return entry.get("stage") in STAGES and _is_amount(entry.get("amount"))


def _is_amount(value: Any) -> bool:
    if value in (None, ""):
        return True
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return False
    return amount.is_finite() and 0 <= amount < Decimal(10) ** 10
