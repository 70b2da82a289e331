"""An attacker with all that is published: the linear system of a release, and the bounds of each hidden count in it.

Written from the published tables alone and as slowly as it likes; it knows nothing of how the hiding was done.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from ietvars.institution.releases.hiding import Hidden
from ietvars.institution.releases.lattice import Lattice

Key = tuple[Any, ...]


@dataclass
class Attack:
    """Unknown counts with the least that each can be, and the sums that bind them."""

    lattice: Lattice
    hidden: Hidden
    unknown: dict[Key, int] = field(default_factory=dict)
    least: list[int] = field(default_factory=list)
    truth: list[int] = field(default_factory=list)
    sums: list[tuple[list[tuple[int, int]], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tree()
        if self.hidden.has_margins:
            self._margins()
        matrix = lil_matrix((len(self.sums), len(self.least)))
        self.known = np.zeros(len(self.sums))
        for row, (terms, known) in enumerate(self.sums):
            self.known[row] = known
            for at, sign in terms:
                matrix[row, at] += sign
        self.matrix = matrix.tocsr()
        truth = np.array(self.truth, dtype=float)
        assert not self.least or np.allclose(self.matrix @ truth, self.known), "the attacker mistakes the tables"
        assert all(true >= least for true, least in zip(self.truth, self.least, strict=True))

    def _cell(self, key: Key, count: int, hidden: bool, least: int) -> tuple[int | None, int]:
        """A published count, or the unknown that stands in its place."""
        if not hidden:
            return None, int(count)
        if key not in self.unknown:
            self.unknown[key] = len(self.least)
            self.least.append(least)
            self.truth.append(int(count))
        return self.unknown[key], 0

    def _sum(self, whole: tuple[int | None, int], parts: list[tuple[int | None, int]]) -> None:
        terms = [(at, 1) for at, _count in parts if at is not None]
        if whole[0] is not None:
            terms.append((whole[0], -1))
        if terms:
            self.sums.append((terms, whole[1] - sum(count for _at, count in parts)))

    def _tree(self) -> None:
        lattice, hidden = self.lattice, self.hidden
        state = self._cell(("state",), lattice.total, hidden.state, 1)
        holders = [
            self._cell(("holder", at), count, hidden.holders[at], 0 if hidden.state else 1)
            for at, count in enumerate(lattice.of_holder)
        ]
        self._sum(state, holders)
        for at, holder in enumerate(holders):
            own = [number for number, held in enumerate(lattice.holder_at) if held == at]
            self._sum(holder, [self._service(number) for number in own if lattice.present[number].any()])

    def _service(self, at: int) -> tuple[int | None, int]:
        lattice, hidden = self.lattice, self.hidden
        least = 0 if hidden.holders[lattice.holder_at[at]] else 1
        service = self._cell(("service", at), lattice.of_service[at], hidden.services[at], least)
        months = []
        for month in np.flatnonzero(lattice.present[at]):
            least = 0 if hidden.services[at] else 1
            key = ("month", at, int(month))
            months.append(self._cell(key, lattice.of_month[at, month], hidden.months[at, month], least))
            for number in range(len(lattice.partings)):
                self._sum(months[-1], list(self._parts(number, at, int(month))))
        self._sum(service, months)
        return service

    def _parts(self, number: int, at: int, month: int) -> Iterator[tuple[int | None, int]]:
        one = self.lattice.partings[number]
        for code in range(len(one.codes)):
            flag = self.hidden.parts[number][at, month, code]
            least = 0 if self.hidden.months[at, month] else one.floor
            yield self._cell((one.name, at, month, code), one.counts[at, month, code], flag, least)

    def _margins(self) -> None:
        lattice = self.lattice
        for number, one in enumerate(lattice.partings):
            counts, flags = lattice.margin(number), self.hidden.margins[number]
            for month in range(len(lattice.months)):
                whole = (None, int(lattice.of_month[:, month].sum()))
                parts = [
                    self._cell((f"state {one.name}", month, code), counts[month, code], flags[month, code], one.floor)
                    for code in range(len(one.codes))
                ]
                self._sum(whole, parts)
                for code, part in enumerate(parts):
                    there = np.flatnonzero(lattice.present[:, month])
                    self._sum(part, [list(self._parts(number, int(at), month))[code] for at in there])

    def interval(self, at: int) -> tuple[float, float]:
        """Least and most that a hidden count can be for all that is published."""
        aim = np.zeros(len(self.least))
        aim[at] = 1
        given: Any = {"A_eq": self.matrix, "b_eq": self.known, "method": "highs"}
        bounds = [(least, None) for least in self.least]
        low, high = linprog(aim, bounds=bounds, **given), linprog(-aim, bounds=bounds, **given)
        return low.fun, np.inf if high.status == 3 else -high.fun

    def found(self, width: int, most: int = 1000) -> list[tuple[Key, int, tuple[float, float]]]:
        """Hidden counts whose interval is narrower than promised: key, truth, interval. Looks at `most`, spread out."""
        keys = list(self.unknown)
        step = max(1, len(keys) // most)
        bad = []
        for key in keys[::step]:
            low, high = self.interval(self.unknown[key])
            if high - low < width - 1e-6:
                bad.append((key, self.truth[self.unknown[key]], (low, high)))
        return bad
