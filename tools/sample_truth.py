"""Works out what comparison and finders must find in the sample state's measurements: every verdict, every finding.

A slow, obvious second opinion: it reads the texts in the cells, knows the reasons in their order, and takes from the
plan what was planted. It must not ask the engine; only its own answer is checked against `comparison.settle`, so that
a plan whose numbers do not bear out its verdicts is refused when the files are made.
"""

import csv
import io
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sample_measurements import ELECTRONIC, MISSING, NOT_APPLICABLE, WIDE, YEARS, Cell, Service

from ietvars.institution.indicators import comparison, definitions
from ietvars.institution.measurements.values import State

BEFORE, NOW = YEARS
NOT_ASKED = "nejautāts"
MEASURED = "measured"
STATES = {MISSING: "missing", NOT_APPLICABLE: "not_applicable", NOT_ASKED: "not_asked", "": "missing"}
LEAST = {"share": 30, "mean": 30, "median": 30, "count": 20}
NATIONAL = Path(comparison.__file__).with_name("national.toml")

Key = tuple[str, str, str]
"""Indicator, stage, channel."""


@dataclass(frozen=True)
class Figure:
    """One figure as a person with a pocket calculator would have it."""

    state: str
    value: float | None = None
    part: float | None = None
    whole: float | None = None
    n: int | None = None
    spread: float | None = None
    scale: str = ""
    gaps: frozenset[str] = frozenset()
    restated: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Amount:
    """A sum of cells: its state, its number, and the columns that it lacks."""

    state: str
    number: float = 0
    gaps: frozenset[str] = frozenset()
    cause: str = ""
    columns: frozenset[str] = frozenset()


@dataclass
class Row:
    """The row of one service and year, ready to be counted with."""

    cells: Mapping[str, Cell]
    silence: str = ""
    not_in_form: str = ""
    restated: Mapping[str, str] = field(default_factory=dict)

    def named(self, kind: str) -> list[str]:
        """Columns of a quantity by channel."""
        return sorted(name for name in self.cells if name.startswith(f"{kind}/"))

    def sum(self, *columns: str) -> Amount:
        """Add up what is measured; where nothing is, say how it is absent."""
        if not columns or not self.cells:
            return Amount("missing", cause=self.silence or "no-survey")
        found = [(column, *self._read(column)) for column in columns]
        measured = [number for _, state, number, _ in found if state == MEASURED and number is not None]
        gaps = frozenset(column for column, state, _, _ in found if state not in {MEASURED, "not_applicable"})
        cause = next((cause for _, state, _, cause in found if state != MEASURED), "")
        states = {state for _, state, _, _ in found}
        if measured:
            return Amount(MEASURED, sum(measured), gaps, cause, frozenset(columns))
        lacking = states - {"not_applicable"} or states
        return Amount(lacking.pop() if len(lacking) == 1 else "missing", 0, gaps, cause, frozenset(columns))

    def _read(self, column: str) -> tuple[str, float | None, str]:
        if column not in self.cells:
            return ("not_asked", None, self.not_in_form) if column in WIDE else ("missing", None, "no-survey")
        cell = self.cells[column]
        if cell.text in STATES:
            return STATES[cell.text], None, cell.cause
        try:
            return MEASURED, float(cell.text), cell.cause
        except ValueError:
            return "unreadable", None, cell.cause

    def number(self, column: str) -> float | None:
        """A number that stands beside another, such as how many were asked."""
        state, number, _ = self._read(column)
        return number if state == MEASURED else None


# ---- figures --------------------------------------------------------------------------------------------------------


def figures(row: Row, year: int) -> dict[Key, Figure]:
    """All figures of a row that are compared."""
    requests, received = row.named("requests"), row.named("received")
    made: dict[Key, Figure] = {
        ("demand", "request", ""): _count(row, *requests),
        ("throughput", "", ""): _count(row, "results"),
        ("backlog", "", ""): _count(row, "backlog"),
        ("digital-share", "request", ""): _electronic(row, requests),
        ("digital-share-receipt", "receipt", ""): _electronic(row, received),
        ("time-median", "", ""): _median(row),
        ("time-p90", "", ""): _count(row, "time_p90"),
        ("cost-per-case", "", ""): _ratio(
            row, row.sum("cost_total"), row.sum(*requests) if year == BEFORE else row.sum("results")
        ),
        ("satisfaction", "", ""): _mean(row),
        ("description-health", "", ""): _ratio(row, row.sum("description_filled"), row.sum("description_required")),
        ("availability", "", ""): _availability(row),
    }
    for indicator, part, whole in SHARES:
        made[indicator, "", ""] = _share(row, row.sum(part), row.sum(whole))
    if row.cells:
        made["availability", "request", ""] = made["availability", "", ""]
    for name in requests:
        if channel := name.partition("/")[2]:
            made["demand", "request", channel] = _count(row, name)
    return made


SHARES = (
    ("completion", "runs_finished", "runs_started"),
    ("on-time", "closed_on_time", "closed"),
    ("failure-demand", "contacts_failure", "contacts"),
    ("first-contact", "contacts_first_solved", "contacts"),
    ("once-only-debt", "items_already_held", "items_asked"),
    ("contest-rate", "contested", "decisions"),
    ("overturned-share", "overturned", "contested"),
)


def _restated(row: Row, *amounts: Amount) -> str:
    return next((row.restated[name] for each in amounts for name in sorted(each.columns) if name in row.restated), "")


def _count(row: Row, *columns: str) -> Figure:
    found = row.sum(*columns)
    value = found.number if found.state == MEASURED else None
    return Figure(found.state, value, gaps=found.gaps, restated=_restated(row, found), cause=found.cause)


def _share(row: Row, part: Amount, whole: Amount) -> Figure:
    made = _ratio(row, part, whole)
    if made.state != MEASURED:
        return made
    return replace(made, part=part.number, whole=whole.number, value=None)


def _ratio(row: Row, part: Amount, whole: Amount) -> Figure:
    gaps, restated = part.gaps | whole.gaps, _restated(row, part, whole)
    if whole.state == MEASURED and whole.number == 0:
        return Figure("not_applicable", gaps=gaps, restated=restated, cause="no-cases")
    for each in (whole, part):
        if each.state != MEASURED:
            return Figure(each.state, gaps=gaps, restated=restated, cause=each.cause)
    value = part.number / whole.number
    return Figure(MEASURED, value, gaps=gaps, restated=restated, cause=part.cause or whole.cause)


def _electronic(row: Row, columns: Sequence[str]) -> Figure:
    channels = {name.partition("/")[2] for name in columns}
    among = [name for name in columns if name.partition("/")[2] in ELECTRONIC]
    part = row.sum(*among)
    if not among and channels - {""}:
        part = Amount(MEASURED, 0)
    elif not among and columns:
        part = Amount("missing", cause=row.cells[columns[0]].cause)
    return _share(row, part, row.sum(*columns))


def _median(row: Row) -> Figure:
    made = _count(row, "time_median")
    n = row.number("time_n") if row.cells else None
    return replace(made, n=None if n is None else int(n), spread=row.number("time_iqr") if row.cells else None)


def _mean(row: Row) -> Figure:
    made = _count(row, "survey")
    if made.state != MEASURED or made.value is None:
        return replace(made, cause=made.cause or row.silence)
    scale = row.cells["survey_scale"].text
    low, high = map(float, scale.split("-"))
    n, spread = row.number("survey_n"), row.number("survey_sd")
    assert n is not None
    assert spread is not None
    factor = 100 / (high - low)
    return replace(made, value=(made.value - low) * factor, n=int(n), spread=spread * factor, scale=scale)


def _availability(row: Row) -> Figure:
    agreed, down = row.sum("agreed_hours"), row.sum("downtime_hours")
    up = replace(agreed, number=agreed.number - down.number) if down.state == MEASURED else down
    return _ratio(row, up, agreed)


# ---- verdicts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What must come of one series, and the code of the plan that says why."""

    service: str
    key: Key
    word: str
    reason: str = ""
    why: str = ""


class Truth:
    """All that must be found in the rows of all services."""

    def __init__(self, plan: Mapping[str, Any], found: Sequence[Service], national: Path = NATIONAL) -> None:
        self.plan, self.found = plan, found
        register = definitions.read(national.read_text(encoding="utf-8"))
        self.indicators = {each.code: each for each in register.indicators}
        self.corrected = {each["service"]: (each["code"], each["was"]) for each in plan["corrected"]}
        self.wanted = {
            (each["service"], *_wanted(text)[:2]): (*_wanted(text)[2:], each["code"])
            for each in plan["planted"]
            for text in each["verdicts"]
        }
        self.pairs = {each.code: self._pairs(each) for each in found}
        self.verdicts = [self._verdict(each, key) for each in found for key in sorted(self.pairs[each.code])]
        self._require_planted()
        self._require_borne_out()

    def row(self, service: Service, year: int) -> Row:
        code, was = self.corrected.get(service.code, ("", {}))
        return Row(
            cells=service.rows.get(year, {}),
            silence=service.silence.get(year, ""),
            not_in_form=self.plan["not_in_2024"]["code"],
            restated=dict.fromkeys(was, code) if year == BEFORE else {},
        )

    def _pairs(self, service: Service) -> dict[Key, tuple[Figure, Figure]]:
        """Every series with both its figures; one that is not there in one year is missing there."""
        sides = []
        for year in YEARS:
            row = self.row(service, year)
            sides.append((figures(row, year) if service.exists(year) else {}, Figure("missing", cause=row.silence)))
        (before, no_before), (now, no_now) = sides
        return {key: (before.get(key, no_before), now.get(key, no_now)) for key in before.keys() | now.keys()}

    def _verdict(self, service: Service, key: Key) -> Verdict:
        before, now = self.pairs[service.code][key]
        planted = self.wanted.get((service.code, key[0], key[2]))
        reason, why = self._obstacle(service, key[0], before, now)
        if reason:
            return Verdict(service.code, key, "not_comparable", reason, why)
        if planted:
            return Verdict(service.code, key, *planted)
        return Verdict(service.code, key, "no_clear_change")

    def _obstacle(self, service: Service, indicator: str, before: Figure, now: Figure) -> tuple[str, str]:
        if not service.exists(NOW):
            return "service_gone", service.silence[NOW]
        if not service.exists(BEFORE):
            return "service_new", service.silence[BEFORE]
        for each, word in ((now, "now"), (before, "before")):
            if each.state != MEASURED:
                return f"{each.state}_{word}", each.cause
        for one, other, word in ((now, before, "now"), (before, now, "before")):
            if one.gaps - other.gaps:
                return f"missing_{word}", one.cause
        if indicator == "cost-per-case":
            return "definition_changed", "cost-redefined"
        if before.scale != now.scale:
            return "scale_changed", self._planted_at(service)
        if before.restated:
            return "restated", before.restated
        kind = comparison_kind(self.indicators[indicator])
        if _too_few(kind, before, now):
            return "too_few", "too-few"
        if kind == "amount":
            return "no_spread", "no-spread"
        if kind in {"mean", "median"} and not (before.n and before.spread and now.n and now.spread):
            return "no_spread", self._planted_at(service)
        return "", ""

    def _planted_at(self, service: Service) -> str:
        return next(each["code"] for each in self.plan["planted"] if each["service"] == service.code)

    def _require_planted(self) -> None:
        """Refuse a plan that promises what does not come."""
        made = {(each.service, each.key[0], each.key[2]): (each.word, each.reason) for each in self.verdicts}
        for (service, indicator, channel), (word, reason, _) in self.wanted.items():
            found = made.get((service, indicator, channel))
            assert found == (word, reason), f"{service} {indicator}/{channel}: {found}, not {word} {reason}"

    def _require_borne_out(self) -> None:
        """Refuse a plan whose numbers do not bear out its verdicts."""
        holders = {each.code: each.holder for each in self.found}
        exists = {each.code: each for each in self.found}
        series = [self._series(exists[each.service], each.key) for each in self.verdicts]
        families = [holders[each.service] for each in self.verdicts]
        faults = []
        for each, said in zip(self.verdicts, comparison.settle(series, families=families), strict=True):
            found = (said.word.value, said.reason.value if said.reason else "")
            if each.word == found[0] == "no_clear_change" and not each.reason:
                continue
            if found != (each.word, each.reason):
                faults.append(f"{each.service} {each.key}: planned {each.word} {each.reason}, found {said}")
        assert not faults, "\n".join(faults)

    def _series(self, service: Service, key: Key) -> comparison.Series:
        before, now = self.pairs[service.code][key]
        for one, other in ((now, before), (before, now)):
            if one.state == other.state == MEASURED and one.gaps - other.gaps:
                lacking = replace(one, state="missing", value=None, part=None, whole=None)
                before, now = (before, lacking) if one is now else (lacking, now)
                break
        indicator = self.indicators[key[0]]
        return comparison.Series(
            before=_point(indicator, before, exists=service.exists(BEFORE), version=1),
            now=_point(indicator, now, exists=service.exists(NOW), version=indicator.version),
            direction=indicator.direction,
            floor=indicator.floor,
        )


def _wanted(text: str) -> tuple[str, str, str, str]:
    """`demand/phone changed` as indicator, channel, verdict, reason."""
    where, word, *reason = text.split()
    indicator, _, channel = where.partition("/")
    return indicator, channel, word, " ".join(reason)


def comparison_kind(indicator: definitions.Indicator) -> str:
    """How an indicator is tested."""
    return definitions.TESTED_AS[indicator.kind].value


def _too_few(kind: str, before: Figure, now: Figure) -> bool:
    if kind == "count":
        return (before.value or 0) + (now.value or 0) < LEAST[kind]
    if kind == "share":
        return min(before.whole or 0, now.whole or 0) < LEAST[kind]
    return kind in LEAST and any(each.n is not None and each.n < LEAST[kind] for each in (before, now))


def _point(indicator: definitions.Indicator, figure: Figure, *, exists: bool, version: int) -> comparison.Point:
    kind = comparison_kind(indicator)
    return comparison.Point(
        kind=comparison.Kind(kind),
        definition=f"{indicator.code} v{version}",
        scale=indicator.unit,
        method=figure.scale,
        state=State(figure.state),
        value=figure.value,
        numerator=figure.part,
        denominator=figure.whole,
        n=figure.n,
        sd=figure.spread if kind == "mean" else None,
        iqr=figure.spread if kind == "median" else None,
        restated=bool(figure.restated),
        existed=exists,
    )


# ---- findings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """What a finder must find."""

    finder: str
    key: str
    reason: str
    holder: str
    service: str = ""
    why: str = ""


def findings(truth: Truth, folder: Path) -> list[Finding]:
    """What the five finders must find in the later year, in their order."""
    given = [each for each in truth.found if each.exists(NOW)]
    planted = {each["service"]: each["code"] for each in truth.plan["planted"]}
    worse = {each.service for each in truth.verdicts if each.word == "worse"}
    made = [
        *_digitalise(truth, given, folder),
        *(
            Finding("unmeasured", each.code, "nothing-measured", each.holder, each.code, each.silence[NOW])
            for each in given
            if NOW in each.silence
        ),
        *(
            Finding("unused", each.code, "zero-twice", each.holder, each.code, planted[each.code])
            for each in given
            if [_cases(truth, each, year) for year in YEARS] == [0, 0]
        ),
        *(
            Finding("worse", each.code, "beyond-chance", each.holder, each.code, planted[each.code])
            for each in given
            if each.code in worse
        ),
        *_lists(folder),
    ]
    order = [each.finder for each in made]
    return sorted(made, key=lambda each: (order.index(each.finder), each.key))


def _cases(truth: Truth, service: Service, year: int) -> float | None:
    """All requests of a year, None where they are not known completely."""
    row = truth.row(service, year)
    found = row.sum(*row.named("requests"))
    return found.number if found.state == MEASURED and not found.gaps else None


def _digitalise(truth: Truth, given: Sequence[Service], folder: Path) -> Iterable[Finding]:
    path = folder / "criteria.toml"
    answers = tomllib.loads(path.read_text(encoding="utf-8"))["answer"] if path.is_file() else []
    affirmed = {each["service"] for each in answers if each["answer"]}
    cases = {each.code: _cases(truth, each, NOW) for each in given}
    of_holder: dict[str, list[float | None]] = defaultdict(list)
    for each in given:
        of_holder[each.holder].append(cases[each.code])
    for each in given:
        own, all_cases = cases[each.code], of_holder[each.holder]
        reasons = []
        if own is not None and own > 5000:
            reasons.append("many-cases")
        if own is not None and len(all_cases) > 1 and None not in all_cases:
            total = sum(number for number in all_cases if number is not None)
            if own * 10 > total:
                reasons.append("large-share")
        if each.code in affirmed:
            reasons.append("criterion")
        if reasons and not each.is_electronic:
            yield Finding("digitalise", each.code, "+".join(reasons), each.holder, each.code)


def _lists(folder: Path) -> Iterable[Finding]:
    told = tomllib.loads((folder / "planted-lists.toml").read_text(encoding="utf-8"))
    for each in told["difference"]:
        if each["list_state"] == "published":
            what = each.get("service") or each["title"]["lv"]
            key = f"{each['body']}/{each['year']}/{each['kind']}/{what}"
            yield Finding("list-disagrees", key, each["kind"], each["body"], each.get("service", ""))


# ---- files ----------------------------------------------------------------------------------------------------------


def files(plan: Mapping[str, Any], found: Sequence[Service], folder: Path) -> dict[str, str]:
    """The two planted documents."""
    truth = Truth(plan, found)
    return {
        "planted-comparisons.csv": _comparisons(truth.verdicts),
        "planted-findings.toml": _findings(findings(truth, folder), plan),
    }


def _comparisons(verdicts: Sequence[Verdict]) -> str:
    """All verdicts but the ordinary *no clear change*, those of one sort in one row."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for each in verdicts:
        if each.word != "no_clear_change" or each.reason:
            groups[each.word, each.reason, *each.key, each.why].append(each.service)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("verdict", "reason", "indicator", "stage", "channel", "why", "services"))
    for group, services in sorted(groups.items(), key=_by_weight):
        writer.writerow((*group, " ".join(services)))
    return text.getvalue()


_ORDER = ("worse", "better", "changed", "no_clear_change", "not_comparable")


def _by_weight(item: tuple[tuple[str, ...], list[str]]) -> tuple[int, tuple[str, ...]]:
    return _ORDER.index(item[0][0]), item[0]


def _findings(found: Sequence[Finding], plan: Mapping[str, Any]) -> str:
    why: dict[str, dict[str, str]] = {each["code"]: each["why"] for each in (*plan["planted"], *plan["gap"])}
    lines = [
        "# What the finders must find in the figures of 2025, no more and no less. Made by tools/sample_measurements.py",
        "# from plan.toml, criteria.toml and planted-lists.toml.",
        f"period = {json.dumps(str(NOW))}",
        "",
        "[count]",
        *(f"{finder} = {number}" for finder, number in Counter(each.finder for each in found).items()),
    ]
    for each in found:
        lines += ["", "[[finding]]", f"finder = {json.dumps(each.finder)}", f"key = {_quoted(each.key)}"]
        lines += [f"reason = {json.dumps(each.reason)}", f"holder = {json.dumps(each.holder)}"]
        if each.service:
            lines.append(f"service = {json.dumps(each.service)}")
        if each.why in why:
            told = ", ".join(f"{language} = {_quoted(text)}" for language, text in why[each.why].items())
            lines.append(f"why = {{ {told} }}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
