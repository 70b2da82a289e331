"""Makes the numbers of each service: such as one would expect, with noise, gaps and what the plan planted.

Nothing is drawn by chance: noise comes of the service's code and the name of the number, so that a change of one
service leaves all others as they were.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sample_services import FOLDER, YEARS, Cell, Service, services

MISSING, NOT_APPLICABLE = "nav datu", "neattiecas"
WIDE = (
    *("results", "backlog", "runs_started", "runs_finished", "time_median", "time_n", "time_iqr", "time_p90"),
    *("closed", "closed_on_time", "cost_total", "contacts", "contacts_failure", "contacts_first_solved"),
    *("items_asked", "items_already_held", "decisions", "contested", "overturned"),
    *("agreed_hours", "downtime_hours", "description_required", "description_filled"),
)
"""Columns of the wide table, one row for each service and year."""
TIMES = ("time_median", "time_n", "time_iqr", "time_p90", "closed", "closed_on_time")
E_SERVICE = ("runs_started", "runs_finished", "agreed_hours", "downtime_hours")
DECIDED = ("decisions", "contested", "overturned")
ASKED = ("items_asked", "items_already_held")
WHOLES = {
    "closed_on_time": "closed",
    "contacts_failure": "contacts",
    "contacts_first_solved": "contacts",
    "items_already_held": "items_asked",
    "contested": "decisions",
    "overturned": "contested",
}
"""A count and the whole that it is a part of."""

REQUEST_WEIGHTS = {"online": 6, "in-person": 4, "app": 3, "e-address": 1.4, "phone": 1.3, "email": 1}
RECEIPT_WEIGHTS = {"online": 5, "in-person": 3, "e-address": 2.5, "app": 2, "post": 1, "email": 1}

Pair = list[Any]
"""What stands in a cell in 2024 and in 2025."""


class Numbers:
    """The numbers of one service: such as one would expect, with noise that belongs to its code and nothing else."""

    def __init__(self, plan: Mapping[str, Any], service: Service, planted: Mapping[str, Any]) -> None:
        self.seed, self.service = plan["seed"], service
        self.given: dict[str, Pair] = dict(planted.get("set", {}))
        self.shares: dict[str, Sequence[float]] = dict(planted.get("share", {}))
        cases = plan["local_cases"][service.body] if service.is_local else plan["cases"][service.code]
        self.cells: dict[str, Pair] = {}
        weights: dict[str, float] = dict(REQUEST_WEIGHTS)
        if service.code in plan["mostly_online"]:
            weights["online"] *= 12
        self._channels("requests", service.requests, weights, cases, 0.03 * self.noise("drift"))
        self.asked_for = [self._sum("requests", at) for at in (0, 1)]
        self._rest()
        if service.code in plan["surveys"]:
            self._survey(*plan["surveys"][service.code])
        for name, pair in self.given.items():
            if name != "survey":
                self.cells[name] = list(pair)

    def noise(self, name: str) -> float:
        """A number from -1 to 1 that is always the same for this service and name."""
        text = f"{self.seed}/{self.service.code}/{name}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**47 - 1

    def between(self, low: float, high: float, name: str) -> float:
        """A number from low to high that is always the same for this service and name."""
        return low + (high - low) * (self.noise(name) + 1) / 2

    def _sum(self, kind: str, at: int) -> int:
        pairs = [pair for name, pair in self.cells.items() if name.startswith(f"{kind}/")]
        return sum(number if isinstance(number := pair[at], int) else 0 for pair in pairs)

    def _channels(
        self, kind: str, channels: Sequence[str], weights: Mapping[str, float], total: int, drift: float
    ) -> None:
        """Split a total of 2024 over channels; in 2025 each channel drifts by less than the floor of a count."""
        heavy = [weights.get(each, 0.6) * math.exp(0.5 * self.noise(f"{kind}/{each}")) for each in channels]
        left = total
        for at, channel in enumerate(channels):
            name = f"{kind}/{channel}"
            number = left if at + 1 == len(channels) else round(total * heavy[at] / sum(heavy))
            left -= number
            given = self.given.get(name, [number, None])
            before = given[0] if isinstance(given[0], int) else number
            after = round(before * (1 + drift + 0.008 * self.noise(f"drift/{name}")))
            # Behind a word there is still a number, from which the other columns follow.
            self.cells[name] = [before, given[1] if isinstance(given[1], int) else after]

    def _rest(self) -> None:
        self._results()
        self._time()
        self._e_service()
        asked_for, results = self.asked_for, self.cells["results"]
        unit = self.between(2.1, 6.4, "unit") + self.service.term * self.between(0.9, 2.3, "unit/day")
        unit *= min(1.0, (3000 / max(asked_for[0], 1)) ** 0.25)
        rises = 1 + 0.04 * self.noise("unit/rise")
        self.cells["cost_total"] = [
            round(asked_for[0] * unit, 2),
            round(results[1] * unit * rises * asked_for[0] / max(results[0], 1), 2),
        ]
        contacts = self.between(0.06, 0.42, "contacts")
        self.cells["contacts"] = [round(number * contacts) for number in asked_for]
        self._part("contacts_failure", self.between(0.11, 0.34, "failure"))
        self._part("contacts_first_solved", self.between(0.54, 0.87, "solved"))
        self.cells["items_asked"] = [number * self.service.asked for number in asked_for]
        known = self.service.held / max(self.service.asked, 1)
        self._part("items_already_held", known * self.between(0.35, 0.9, "held"))
        self.cells["decisions"] = list(results)
        self._part("contested", 10 ** self.between(-3.6, -1.9, "contested"))
        self._part("overturned", self.between(0.09, 0.31, "overturned"))
        self.cells["description_required"] = [14, 14]
        self.cells["description_filled"] = [0, round(self.between(10, 14.4, "description"))]

    def _results(self) -> None:
        done = self.between(0.93, 0.985, "done")
        received = [name for name in self.given if name.startswith("received/")]
        drift = self.asked_for[1] / self.asked_for[0] - 1 if self.asked_for[0] else 0.0
        total = round(self.asked_for[0] * done)
        self._channels("received", self.service.receipts, RECEIPT_WEIGHTS, total, drift)
        assert not received or len(received) == len(self.service.receipts), self.service.code
        self.cells["results"] = [self._sum("received", at) for at in (0, 1)]
        waits = (self.service.term + 1) / 250 * self.between(0.5, 1.1, "backlog")
        backlog = round(self.asked_for[0] * waits)
        self.cells["backlog"] = [backlog, round(backlog * (1 + 0.03 * self.noise("backlog/drift")))]

    def _time(self) -> None:
        results, term = self.cells["results"], self.service.term
        median = max(1, round(term * self.between(0.42, 0.83, "median")))
        step = round(1.3 * self.noise("median/step")) if term >= 8 else 0
        quartiles = max(1, round(median * self.between(0.35, 0.7, "iqr")))
        self.cells["closed"] = list(results)
        on_time = self.between(0.84, 0.985, "on-time")
        self._part("closed_on_time", on_time)
        self.cells["time_median"] = [median, max(1, median + step)]
        self.cells["time_n"] = list(results)
        self.cells["time_iqr"] = [quartiles, max(1, quartiles + step)]
        # Where nine of ten are in time, nine of ten wait no longer than the term.
        late = round(term * self.between(0.85, 1, "p90")) if on_time > 0.905 else term + max(1, round(term / 9))
        self.cells["time_p90"] = [max(late, median), max(late, median + step)]

    def _e_service(self) -> None:
        finished = [sum(self.cells.get(f"requests/{each}", [0, 0])[at] for each in ("online", "app")) for at in (0, 1)]
        ordinary = self.between(0.58, 0.91, "completion")
        shares = self.shares.get("runs_finished", (ordinary, ordinary))
        self.cells["runs_finished"] = list(finished)
        self.cells["runs_started"] = [round(number / shares[at]) for at, number in enumerate(finished)]
        self.cells["agreed_hours"] = [8784, 8760]
        self.cells["downtime_hours"] = [round(self.between(3, 61, f"down/{year}"), 1) for year in YEARS]

    def _part(self, name: str, share: float) -> None:
        """A count that is a part of another: by the share planted, else by one share with less than its noise."""
        wholes = self.cells[WHOLES[name]]
        if name in self.shares:
            self.cells[name] = [round(whole * self.shares[name][at]) for at, whole in enumerate(wholes)]
            return
        before = round(wholes[0] * share)
        share = before / wholes[0] if wholes[0] else share
        noise = 0.6 * self.noise(f"part/{name}") * math.sqrt(wholes[1] * share * (1 - share))
        self.cells[name] = [before, min(max(round(wholes[1] * share + noise), 0), wholes[1])]

    def _survey(self, score: float, answered: int) -> None:
        spread = round(self.between(1.45, 2.15, "survey/sd"), 2)
        again = round(answered * (1 + 0.09 * self.noise("survey/n")))
        moved = 0.5 * self.noise("survey") * spread * math.sqrt(2 / answered)
        ordinary = [[score, answered], [round(score + moved, 2), again]]
        for name in ("survey", "survey_n", "survey_sd", "survey_scale"):
            self.cells[name] = ["", ""]
        for at, told in enumerate(self.given.get("survey", ordinary)):
            scale = told[2] if len(told) > 2 else "1-10"
            self.cells["survey"][at], self.cells["survey_n"][at] = told[0], told[1]
            self.cells["survey_sd"][at] = spread if scale == "1-10" else round(spread / 2.25, 2)
            self.cells["survey_scale"][at] = scale


# ---- what stands in the tables --------------------------------------------------------------------------------------


def tables(plan: Mapping[str, Any], folder: Path = FOLDER) -> list[Service]:
    """Every service with its rows: numbers, then what its nature leaves out, then gaps, then what was planted."""
    planted = {each["service"]: each for each in plan["planted"]}
    found = services(folder)
    for service in found:
        plant = planted.get(service.code, {})
        cells = Numbers(plan, service, plant).cells
        for at, year in enumerate(YEARS):
            if not service.exists(year):
                service.silence[year] = plant["code"]
                continue
            row = {name: Cell(as_text(pair[at])) for name, pair in cells.items()}
            row |= _by_nature(service, row)
            _leave_gaps(plan, service, year, row)
            for name in plant.get("set", {}):
                row[name] = Cell(row[name].text if name == "survey" else as_text(cells[name][at]), plant["code"])
            for name in plan["not_in_2024"]["columns"] if year == YEARS[0] else ():
                row.pop(name, None)
            if year not in service.silence:
                service.rows[year] = row
    return found


def as_text(value: Any) -> str:
    """What stands in a cell for a number or a word."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _by_nature(service: Service, row: Mapping[str, Cell]) -> dict[str, Cell]:
    left_out: dict[str, str] = {}
    if not service.has_e_service:
        left_out |= dict.fromkeys(E_SERVICE, "no-e-service")
    if not service.term:
        left_out |= dict.fromkeys(TIMES, "immediate")
    if not service.has_decision:
        left_out |= dict.fromkeys(DECIDED, "no-decision")
    if not service.asked:
        left_out |= dict.fromkeys(ASKED, "nothing-asked")
    if row["results"].text == "0":
        left_out |= {name: left_out.get(name, "no-cases") for name in TIMES[:4]}
    return {name: Cell(NOT_APPLICABLE, cause) for name, cause in left_out.items()}


def _leave_gaps(plan: Mapping[str, Any], service: Service, year: int, row: dict[str, Cell]) -> None:
    for gap in plan["gap"]:
        if year not in gap["years"] or not _concerns(gap, service):
            continue
        if gap.get("channels") == "total":
            _only_totals(row, gap["code"])
        elif gap.get("columns") == ["survey"]:
            for name in ("survey", "survey_n", "survey_sd", "survey_scale"):
                row.pop(name, None)
            row["survey"] = Cell("", gap["code"])
        elif "columns" in gap:
            ordinary = [name for name in gap["columns"] if row[name].text != NOT_APPLICABLE]
            row |= {name: Cell(gap["cell"], gap["code"]) for name in ordinary}
        else:
            service.silence[year] = gap["code"]


def _concerns(gap: Mapping[str, Any], service: Service) -> bool:
    if "all_but" in gap:
        return service.holder not in gap["all_but"]
    return service.holder in gap.get("holders", ()) or service.code in gap.get("services", ())


def _only_totals(row: dict[str, Cell], cause: str) -> None:
    for kind in ("requests", "received"):
        named = [name for name in row if name.startswith(f"{kind}/")]
        total = sum(int(row.pop(name).text) for name in named)
        row[f"{kind}/"] = Cell(str(total), cause)
