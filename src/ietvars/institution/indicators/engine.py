"""Evaluates one definition over what one service reported: a figure with all that made it.

Pure, never Django, and blind to the calendar. Nothing absent counts as zero: a sum over channels of which some were
measured is measured and says how many; where nothing was, the figure has the state of what is not there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ietvars.institution.indicators import definitions, expressions
from ietvars.institution.indicators.facts import Cell, Facts, Field, Figure, Key
from ietvars.institution.measurements.values import State, Total

POPULATION_UNKNOWN = "population-unknown"
NO_CASES = "no-cases"
PART_EXCEEDS_WHOLE = "part-exceeds-whole"
NOT_A_COUNT = "not-a-count"
SCALE_UNKNOWN = "scale-unknown"
BUILT_IN = {
    POPULATION_UNKNOWN: {
        "lv": "Nevar pateikt, vai pakalpojums ietilpst kopā: trūkst ziņu",
        "en": "It cannot be told whether the service belongs to the population: figures are missing",
    },
    NO_CASES: {"lv": "Nav neviena gadījuma, ar ko dalīt", "en": "There is no case to divide by"},
    PART_EXCEEDS_WHOLE: {"lv": "Daļa ir lielāka par veselo", "en": "The part is larger than the whole"},
    NOT_A_COUNT: {
        "lv": "Gadījumu skaits nav vesels skaitlis vai ir mazāks par nulli",
        "en": "A number of cases is not whole, or is below zero",
    },
    SCALE_UNKNOWN: {
        "lv": "Vērtība neatbilst skalai vai skala nav zināma",
        "en": "The value does not fit its scale, or the scale is not known",
    },
}
"""Conditions that every definition has, with their words."""

_PLACES = Decimal("0.000001")
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Value:
    """An amount as evaluated. `at_least`: what is missing can only make it larger."""

    state: State
    number: Decimal | None = None
    complete: bool = True
    at_least: bool = False
    n: int | None = None
    spread: Decimal | None = None
    spread_kind: str = ""
    scale: str = ""
    scatter: float | None = None
    fault: str = ""


def figures(indicator: definitions.Indicator, facts: Facts) -> list[Figure]:
    """The figures of one service: the whole, then its slices. Outside the population there are none."""
    look = Look(facts)
    if indicator.population is not None:
        belongs = look.condition(indicator.population)
        if belongs is False:
            return []
        if belongs is None:
            return [look.figure(indicator, state=State.MISSING, exclusions=(POPULATION_UNKNOWN,))]
    if hit := look.true_of(indicator.exclusions):
        return [look.figure(indicator, state=State.NOT_APPLICABLE, exclusions=hit)]
    made = [_evaluate(indicator, look.at("", ""), whole=True)] if indicator.whole else []
    made += [_evaluate(indicator, look.at(*key), whole=False) for key in _slices(indicator, facts)]
    return made


def _slices(indicator: definitions.Indicator, facts: Facts) -> list[Key]:
    keys: set[Key] = set()
    for leaf in (leaf for part in indicator.amounts for leaf in expressions.sliced(part)):
        for stage, channel in facts.cells.get(leaf.quantity, {}):
            if leaf.stage is not None and stage != leaf.stage:
                continue
            if isinstance(leaf, expressions.Sum) and not _wanted(leaf, channel):
                continue
            keys.add((stage if "stage" in indicator.by else "", channel if "channel" in indicator.by else ""))
    return sorted(key for key in keys if all(key[at] or word not in indicator.by for at, word in _AXES))


def _wanted(leaf: expressions.Sum, channel: str) -> bool:
    listed = leaf.channels or leaf.among
    return channel not in leaf.but and (not listed or channel in listed)


_AXES = ((0, "stage"), (1, "channel"))


def _evaluate(indicator: definitions.Indicator, look: "Look", *, whole: bool) -> Figure:
    if indicator.kind in definitions.DIVIDED:
        assert indicator.numerator is not None
        assert indicator.denominator is not None
        facts = _divided(indicator, look.amount(indicator.numerator), look.amount(indicator.denominator))
    else:
        assert indicator.value is not None
        facts = _single(indicator, look.amount(indicator.value))
    if whole:
        facts["alternatives"] = look.aside().true_of(indicator.alternatives)
        facts["checks"] = look.aside().true_of(indicator.checks)
    return look.figure(indicator, **facts)


def _divided(indicator: definitions.Indicator, above: Value, below: Value) -> dict[str, Any]:
    made: dict[str, Any] = {"numerator": above.number, "denominator": below.number, "scatter": above.scatter}
    is_share = indicator.kind is definitions.Kind.SHARE
    if below.state is not State.MEASURED:
        return made | {"state": below.state}
    assert below.number is not None
    if is_share and not _is_count(below.number):
        return made | {"state": State.UNREADABLE, "exclusions": (NOT_A_COUNT,)}
    if below.number == 0:
        return made | {"state": State.NOT_APPLICABLE, "exclusions": (NO_CASES,)}
    if above.state is not State.MEASURED:
        return made | {"state": above.state}
    assert above.number is not None
    if is_share and not _is_count(above.number):
        return made | {"state": State.UNREADABLE, "exclusions": (NOT_A_COUNT,)}
    if is_share and above.number > below.number:
        return made | {"state": State.UNREADABLE, "exclusions": (PART_EXCEEDS_WHOLE,)}
    return made | {"state": State.MEASURED, "value": (above.number / below.number).quantize(_PLACES)}


def _single(indicator: definitions.Indicator, value: Value) -> dict[str, Any]:
    made: dict[str, Any] = {
        "state": value.state,
        "value": value.number,
        "n": value.n,
        "spread": value.spread,
        "spread_kind": value.spread_kind,
        "scale": value.scale,
        "scatter": value.scatter,
    }
    if value.fault:
        return made | {"exclusions": (value.fault,)}
    if indicator.kind is definitions.Kind.COUNT and value.number is not None and not _is_count(value.number):
        return made | {"state": State.UNREADABLE, "value": None, "exclusions": (NOT_A_COUNT,)}
    if indicator.kind is definitions.Kind.MEAN and value.number is not None and value.n:
        # What n people said in all, of n: so that means of services are pooled by their people.
        made |= {"numerator": value.number * value.n, "denominator": Decimal(value.n)}
    return made


def _is_count(number: Decimal) -> bool:
    return 0 <= number <= LARGEST and number == number.to_integral_value()


class Look:
    """Reads the facts of one service for one figure, and remembers which cells and fields it read."""

    def __init__(self, facts: Facts, stage: str = "", channel: str = "") -> None:
        self.facts, self.stage, self.channel = facts, stage, channel
        self.cells: dict[tuple[str, str, str], Cell] = {}
        self.fields: dict[str, Field] = {}
        self.parts: dict[tuple[str, str, str], State] = {}

    def at(self, stage: str, channel: str) -> "Look":
        """A look through the same facts at one slice; what decided the population stays remembered."""
        other = Look(self.facts, stage, channel)
        other.cells.update(self.cells)
        other.fields.update(self.fields)
        return other

    def aside(self) -> "Look":
        """A look that leaves no trace in the figure."""
        return Look(self.facts, self.stage, self.channel)

    def true_of(self, named: Iterable[definitions.Named]) -> tuple[str, ...]:
        """Codes of the conditions that are true."""
        return tuple(each.code for each in named if self.condition(each.when) is True)

    def figure(self, indicator: definitions.Indicator, **facts: Any) -> Figure:
        """The figure with coverage, editions and restatements of all that was read."""
        used: list[Cell | Field] = [*self.cells.values(), *self.fields.values()]
        gaps = [key for key, state in self.parts.items() if state not in _NO_GAP]
        expected = sum(state is not State.NOT_APPLICABLE for state in self.parts.values())
        return Figure(
            stage=self.stage or indicator.stage,
            channel=self.channel,
            measured=expected - len(gaps),
            expected=expected,
            gaps=tuple(_named(part) | {"state": self.parts[part].value} for part in sorted(gaps)),
            editions=tuple(sorted({each.edition for each in used if each.edition})),
            restated=self._restated(),
            counted=_counted(self.cells.values()),
            is_illustrative=any(cell.is_illustrative for cell in self.cells.values()),
            **facts,
        )

    def _restated(self) -> tuple[dict[str, Any], ...]:
        cells = [
            {
                "quantity": quantity,
                "stage": stage,
                "channel": channel,
                "before": {"state": cell.earlier.state.value, "value": _plain(cell.earlier.value)},
                "now": {"state": cell.state.value, "value": _plain(cell.value)},
                "editions": [cell.earlier.edition, cell.edition],
            }
            for (quantity, stage, channel), cell in sorted(self.cells.items())
            if cell.earlier is not None
        ]
        fields = [
            {
                "field": name,
                "before": {"state": found.earlier.state.value, "value": list(found.earlier.values)},
                "now": {"state": found.state.value, "value": list(found.values)},
                "editions": [found.earlier.edition, found.edition],
            }
            for name, found in sorted(self.fields.items())
            if found.earlier is not None
        ]
        return (*cells, *fields)

    # ---- conditions: True, False, or None where it cannot be told ----

    def condition(self, what: expressions.Condition) -> bool | None:
        """Three-valued: a missing part leaves the answer open unless the other parts settle it."""
        match what:
            case expressions.Every(parts):
                found = [self.condition(part) for part in parts]
                return False if False in found else None if None in found else True
            case expressions.Some(parts):
                found = [self.condition(part) for part in parts]
                return True if True in found else None if None in found else False
            case expressions.Not(part):
                inner = self.condition(part)
                return None if inner is None else not inner
            case expressions.Contains(name, among, other):
                return self._contains(self._field(name), among, other=other)
            case expressions.Equals(name, among):
                return self._equals(self._field(name), among)
            case expressions.Limit(amount, word, number):
                return _within(self.amount(amount), word, number)
            case expressions.InState(amount, states):
                return self.amount(amount).state in states
            case expressions.Same(first, second):
                one, two = self.amount(first), self.amount(second)
                if None in {one.number, two.number} or not (one.complete and two.complete):
                    return None
                return one.number == two.number

    def _field(self, name: str) -> Field:
        found = self.facts.fields.get(name, _NO_FIELD)
        if found is not _NO_FIELD:
            self.fields[name] = found
        self.parts[_FIELD, "", name] = found.state
        return found

    def _contains(self, found: Field, among: expressions.Among, *, other: bool) -> bool | None:
        if found.state is not State.MEASURED:
            return _by_state(found.state, among)
        return any((value.casefold() in among.texts) != other for value in found.values)

    def _equals(self, found: Field, among: expressions.Among) -> bool | None:
        if found.state is not State.MEASURED:
            return _by_state(found.state, among)
        return State.MEASURED in among.states or (len(found.values) == 1 and found.values[0].casefold() in among.texts)

    # ---- amounts ----

    def amount(self, what: expressions.Amount) -> Value:
        """The amount with its state; what it read is remembered."""
        match what:
            case expressions.Constant(number):
                return Value(State.MEASURED, number, at_least=True)
            case expressions.Sum():
                return self._sum(what)
            case expressions.Take():
                return self._take(what)
            case expressions.Combined(word, parts):
                return _combined(word, [self.amount(part) for part in parts])
            case expressions.CountOf(conditions):
                found = [self.condition(each) for each in conditions]
                open_ = found.count(None)
                if open_ == len(found):
                    return Value(State.MISSING)
                return Value(State.MEASURED, Decimal(found.count(True)), complete=not open_, at_least=True)

    def _sum(self, what: expressions.Sum) -> Value:
        cells = self._of_stage(what)
        channels = {channel for _, channel in cells}
        wanted: Iterable[str]
        if what.each and self.channel:
            wanted = [self.channel]
        elif what.channels:
            wanted = [each for each in what.channels if each not in what.but]
        else:
            named = sorted(channels - {""} - what.but)
            over_all = [cell for (_, channel), cell in cells.items() if not channel]
            total_first = what.channels is None and any(cell.state is State.MEASURED for cell in over_all)
            if what.among and named and not what.among & channels:
                return _of_none(what)
            if what.among:
                wanted = sorted(what.among & channels)
            else:
                wanted = named if named and not total_first else [""] if over_all else []
        counts = dict.fromkeys(State, 0)
        amount = Decimal(0)
        scatters: list[float] = []
        for channel in wanted:
            found = [(key, cell) for key, cell in cells.items() if key[1] == channel]
            if not found:
                state = State.NOT_ASKED if cells else State.MISSING
                counts[state] += 1
                self.parts[what.quantity, what.stage or "", channel] = state
            for key, cell in found:
                counts[cell.state] += 1
                amount += cell.value or 0
                scatters += [] if cell.scatter is None else [cell.scatter]
                self._used(what.quantity, key, cell)
        if not wanted:
            self.parts[what.quantity, what.stage or "", ""] = State.MISSING
        total = Total(amount, *(counts[state] for state in State))
        if total.state is State.NOT_APPLICABLE:
            return _of_none(what)
        # Parts that scatter together scatter as their worst one at least.
        return Value(total.state, total.number, total.is_complete, at_least=True, scatter=max(scatters, default=None))

    def _of_stage(self, what: expressions.Sum | expressions.Take) -> dict[Key, Cell]:
        """Cells of the stage asked for; where none is asked for, those over all stages, else those of each stage."""
        cells = self.facts.cells.get(what.quantity, {})
        stage = self.stage if what.each and self.stage else what.stage
        if stage is None and any(not key[0] for key in cells):
            stage = ""
        return {key: cell for key, cell in cells.items() if stage is None or key[0] == stage}

    def _take(self, what: expressions.Take) -> Value:
        channel = self.channel if what.each and self.channel else what.channel
        found = [(key, cell) for key, cell in self._of_stage(what).items() if key[1] == channel]
        if len(found) != 1:
            self.parts[what.quantity, what.stage or "", channel] = State.MISSING
            return Value(State.MISSING)
        key, cell = found[0]
        self._used(what.quantity, key, cell)
        made = Value(
            cell.state,
            cell.value,
            n=cell.n,
            spread=cell.spread,
            spread_kind=cell.spread_kind,
            scale=cell.scale,
            scatter=cell.scatter,
        )
        return made if what.rescale is None or cell.value is None else _rescaled(made, *what.rescale)

    def _used(self, quantity: str, key: Key, cell: Cell) -> None:
        self.cells[quantity, *key] = cell
        self.parts[quantity, *key] = cell.state


def _counted(cells: Iterable[Cell]) -> str:
    """Whether a figure was made of cells counted from events: all, some, or none of those measured."""
    found = {cell.is_counted for cell in cells if cell.state is State.MEASURED}
    return "" if True not in found else "some" if False in found else "all"


_FIELD = ""
"""Stands for the quantity where a part is a described field."""


def _named(part: tuple[str, str, str]) -> dict[str, str]:
    quantity, stage, channel = part
    if quantity == _FIELD:
        return {"field": channel, "quantity": "", "stage": "", "channel": ""}
    return {"field": "", "quantity": quantity, "stage": stage, "channel": channel}


_NO_FIELD = Field(State.MISSING)
_NO_GAP = frozenset({State.MEASURED, State.NOT_APPLICABLE})


def _of_none(what: expressions.Sum) -> Value:
    """The quantity applies nowhere: the number the definition gives for that, or else it does not apply."""
    if what.where_not_applicable is None:
        return Value(State.NOT_APPLICABLE)
    return Value(State.MEASURED, what.where_not_applicable, at_least=True)


def _by_state(state: State, among: expressions.Among) -> bool | None:
    """What does not apply is surely not in the set; of the rest it cannot be told unless the set names the state."""
    if state in among.states:
        return True
    return False if state is State.NOT_APPLICABLE else None


def _within(value: Value, word: str, limit: Decimal) -> bool | None:
    if value.number is None:
        return False if value.state is State.NOT_APPLICABLE else None
    holds = {
        "at_least": value.number >= limit,
        "above": value.number > limit,
        "at_most": value.number <= limit,
        "below": value.number < limit,
    }[word]
    if value.complete:
        return holds
    # What is missing can only add: a floor that is passed stays passed, a ceiling that is broken stays broken.
    settled = holds if word in {"at_least", "above"} else not holds
    return holds if value.at_least and settled else None


_GRAVEST = (State.MISSING, State.UNREADABLE, State.NOT_ASKED, State.NOT_APPLICABLE)


def _combined(word: str, values: list[Value]) -> Value:
    numbers = [value.number for value in values if value.number is not None]
    complete = all(value.complete for value in values)
    if len(numbers) < len(values):
        states = {value.state for value in values}
        return Value(next(state for state in _GRAVEST if state in states), complete=complete)
    if word == "plus":
        return Value(State.MEASURED, sum(numbers, Decimal(0)), complete, all(each.at_least for each in values))
    return Value(State.MEASURED, numbers[0] - sum(numbers[1:], Decimal(0)), complete)


def _rescaled(value: Value, low: Decimal, high: Decimal) -> Value:
    """The value on the scale low to high; the scale it was asked on stays with it, since its change breaks a series.

    Behind a semicolon the scale may name how it was asked: another way of asking breaks the series too.
    """
    ends = value.scale.partition(";")[0].replace("–", "-").split("-")
    assert value.number is not None
    try:
        first, last = (Decimal(end.strip()) for end in ends)
    except (ValueError, ArithmeticError):
        return Value(State.UNREADABLE, fault=SCALE_UNKNOWN)
    if not first < last or not first <= value.number <= last:
        return Value(State.UNREADABLE, fault=SCALE_UNKNOWN)
    factor = (high - low) / (last - first)
    number = (low + (value.number - first) * factor).quantize(_PLACES)
    spread = None if value.spread is None else (value.spread * factor).quantize(_PLACES)
    return replace(value, number=number, spread=spread)


def _plain(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)
