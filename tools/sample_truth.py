"""Works out what the comparison must find in the sample state's measurements: a verdict for every series.

It knows the reasons in their order and takes from the plan what was planted. It must not ask the engine; only its own
answer is held against `comparison.settle`, so that a plan whose numbers do not bear out its verdicts is refused when
the files are made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ietvars.institution.indicators import comparison, definitions
from ietvars.institution.measurements.values import State
from sample_figures import BEFORE, MEASURED, NOW, Figure, Key, Row, figures
from sample_services import YEARS, Service

LEAST = {"share": 30, "mean": 30, "median": 30, "count": 20}
NATIONAL = Path(comparison.__file__).with_name("national.toml")


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
        """Why the series cannot be compared, and the code of the plan that made it so; empty where it can."""
        if not service.exists(NOW):
            return "service_gone", service.silence[NOW]
        if not service.exists(BEFORE):
            return "service_new", service.silence[BEFORE]
        return _absent(before, now) or self._unlike(service, indicator, before, now)

    def _unlike(self, service: Service, indicator: str, before: Figure, now: Figure) -> tuple[str, str]:
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
        lacks = kind in {"mean", "median"} and not (before.n and before.spread and now.n and now.spread)
        return ("no_spread", self._planted_at(service)) if lacks else ("", "")

    def _planted_at(self, service: Service) -> str:
        return next(str(each["code"]) for each in self.plan["planted"] if each["service"] == service.code)

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
    return str(definitions.TESTED_AS[indicator.kind])


def _absent(before: Figure, now: Figure) -> tuple[str, str] | None:
    for each, word in ((now, "now"), (before, "before")):
        if each.state != MEASURED:
            return f"{each.state}_{word}", each.cause
    for one, other, word in ((now, before, "now"), (before, now, "before")):
        if one.gaps - other.gaps:
            return f"missing_{word}", one.cause
    return None


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
