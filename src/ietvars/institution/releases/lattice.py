"""One lattice of counts, and the tree and margins in which it is published.

The tree goes from the state to its holders, their services, the months of each and the parts of a month: by channel,
by outcome. Beside the tree stand the margins of the state: each month, and each part of each month, of all services.
Pure values over arrays, never Django. It adds up; what is hidden of it, `hiding` decides.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ietvars.institution.releases import errors

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Parting:
    """What a month of a service is parted into, and the counts: services x months x codes.

    A parting by `outcome` says of each case how it went (kept and not kept). There a nought tells of everybody what a
    small number tells of a few, so it is hidden too.
    """

    name: str
    codes: tuple[str, ...]
    counts: Counts
    by_outcome: bool = False

    @property
    def floor(self) -> int:
        """The least that a hidden part may be: other noughts are shown."""
        return 0 if self.by_outcome else 1


@dataclass(frozen=True)
class Lattice:
    """Counts of services by month, which of them are there at all, and how each is parted.

    A month that is not there is missing, which is neither zero nor hidden, and adds nothing to any sum. `beside` is
    what these counts are a part of, where that is published too: what is left between the two may not be small either.
    """

    services: tuple[str, ...]
    holders: tuple[str, ...]
    months: tuple[str, ...]
    present: Flags
    partings: tuple[Parting, ...]
    beside: Counts | None = None

    def __post_init__(self) -> None:
        shape = (len(self.services), len(self.months))
        if len(set(self.services)) != shape[0] or len(self.holders) != shape[0] or len(set(self.months)) != shape[1]:
            raise errors.CategoriesDisagree
        if not self.partings or self.present.shape != shape:
            raise errors.ShapesDisagree(wanted=str(shape), given=str(self.present.shape))
        for one in self.partings:
            if one.counts.shape != (*shape, len(one.codes)):
                raise errors.ShapesDisagree(wanted=str((*shape, len(one.codes))), given=str(one.counts.shape))
            if (one.counts < 0).any() or one.counts[~self.present].any():
                raise errors.CountsImpossible(parting=one.name)
            if not np.array_equal(one.counts.sum(axis=2), self.of_month):
                raise errors.PartsDisagree(parting=one.name)

    @cached_property
    def of_month(self) -> Counts:
        """Counts of services by month."""
        counts: Counts = self.partings[0].counts.sum(axis=2)
        return counts

    @cached_property
    def of_service(self) -> Counts:
        """Counts of services over all months."""
        counts: Counts = self.of_month.sum(axis=1)
        return counts

    @cached_property
    def holder_codes(self) -> tuple[str, ...]:
        """The holders in the order of their codes."""
        return tuple(sorted(set(self.holders)))

    @cached_property
    def holder_at(self) -> NDArray[np.intp]:
        """The place of each service's holder."""
        places = {code: at for at, code in enumerate(self.holder_codes)}
        return np.array([places[code] for code in self.holders], dtype=np.intp)

    @cached_property
    def of_holder(self) -> Counts:
        """Counts of holders over all months."""
        made = np.zeros(len(self.holder_codes), dtype=np.int64)
        np.add.at(made, self.holder_at, self.of_service)
        return made

    @property
    def total(self) -> int:
        """The count of the state over all months."""
        return int(self.of_service.sum())

    def margin(self, parting: int) -> Counts:
        """Counts of the state by month and part."""
        counts: Counts = self.partings[parting].counts.sum(axis=0)
        return counts
