"""What a lattice hides, and why nobody can find it by subtracting: small counts, and enough others beside them.

Pure arithmetic over arrays, never Django and never chance: the same counts hide the same cells.

1. Small: a count from 1 to k - 1; an outcome where either part is below k, nought too.
2. Along the tree: among the parts of a shown sum either nothing is hidden, or at least two parts that together can
   differ by `width`; where the smallest shown part does not suffice, the sum itself is hidden. Under a hidden sum all
   its parts are hidden, noughts too. In a tree each hidden part can then take any value in its interval, exactly.
3. Beside the tree stand the margins of the state, which bind services together: `witnesses` proves of every hidden
   cell how far it can change all the same, and hides more where that is less than `width`. Where even that does not
   help, as in a state of a few services, the margins are left out of the release.
Why so: docs/decisions/2026-11-23-one-frozen-release.md
"""

from dataclasses import dataclass

import numpy as np

from ietvars.institution.releases.lattice import Counts, Flags, Lattice

_BIG = np.int64(2**62)


@dataclass
class Hidden:
    """What is hidden: of the state, of holders, services, their months, and the parts of months; and of the margins.

    `has_margins` is false where the months of the state cannot be shown beside the rest.
    """

    state: bool
    holders: Flags
    services: Flags
    months: Flags
    parts: tuple[Flags, ...]
    margins: tuple[Flags, ...]
    has_margins: bool = True


def _few(counts: Counts, k: int) -> Flags:
    return (counts > 0) & (counts < k)


def small(lattice: Lattice, k: int) -> Hidden:
    """Everything that is hidden for itself."""
    parts: list[Flags] = []
    margins: list[Flags] = []
    for number, one in enumerate(lattice.partings):
        for counts, sums, into in (
            (one.counts, lattice.of_month, parts),
            (lattice.margin(number), lattice.of_month.sum(axis=0), margins),
        ):
            if one.by_outcome:
                into.append(np.repeat(((counts < k).any(axis=-1) & (sums > 0))[..., None], len(one.codes), axis=-1))
            else:
                into.append(_few(counts, k))
    rest = np.zeros_like(lattice.of_month) if lattice.beside is None else lattice.beside - lattice.of_month
    of_service, of_holder = rest.sum(axis=1), np.zeros_like(lattice.of_holder)
    np.add.at(of_holder, lattice.holder_at, of_service)

    def few(counts: Counts, left: Counts) -> Flags:
        return _few(counts, k) | ((counts > 0) & _few(left, k))

    return Hidden(
        state=0 < lattice.total < k or 0 < int(of_service.sum()) < k,
        holders=few(lattice.of_holder, of_holder),
        services=few(lattice.of_service, of_service),
        months=few(lattice.of_month, rest),
        parts=tuple(parts),
        margins=tuple(margins),
    )


# ---- along the tree ----------------------------------------------------------------------------------------------


def along_the_tree(lattice: Lattice, found: Hidden, width: int) -> None:
    """Hide beside what is hidden until every shown sum keeps it apart."""
    members = [np.flatnonzero(lattice.holder_at == at) for at in range(len(lattice.holder_codes))]
    changed = True
    while changed:
        _under_hidden(lattice, found)
        changed = False
        for one, hidden in zip(lattice.partings, found.parts, strict=True):
            stuck = _keep_apart(one.counts, hidden, ~found.months, one.floor, width)
            changed |= bool(stuck.any())
            found.months |= stuck
        stuck = _keep_apart(lattice.of_month, found.months, ~found.services, 1, width)
        changed |= bool(stuck.any())
        found.services |= stuck
        for at, own in enumerate(members):
            if not found.holders[at]:
                hidden = found.services[own][None, :].copy()
                before = hidden.sum()
                is_stuck = _keep_apart(lattice.of_service[own][None, :], hidden, np.array([True]), 1, width)[0]
                found.services[own] = hidden[0]
                found.holders[at] |= is_stuck
                changed |= bool(is_stuck or hidden.sum() != before)
        if not found.state:
            hidden = found.holders[None, :].copy()
            before = hidden.sum()
            is_stuck = _keep_apart(lattice.of_holder[None, :], hidden, np.array([True]), 1, width)[0]
            found.holders = hidden[0]
            found.state = bool(is_stuck)
            changed |= bool(is_stuck or hidden.sum() != before)
    _under_hidden(lattice, found)


def _under_hidden(lattice: Lattice, found: Hidden) -> None:
    """Under a hidden sum everything is hidden, noughts too."""
    if found.state:
        found.holders[np.unique(lattice.holder_at[lattice.present.any(axis=1)])] = True
    found.services |= found.holders[lattice.holder_at] & lattice.present.any(axis=1)
    found.months |= found.services[:, None] & lattice.present
    for part in found.parts:
        np.logical_or(part, found.months[..., None], out=part)


def _keep_apart(counts: Counts, hidden: Flags, rows: Flags, floor: int, width: int) -> Flags:
    """Hide more parts, smallest first, in those rows whose hidden parts do not suffice; return the rows that cannot."""
    stuck = np.zeros(rows.shape, dtype=bool)
    waiting = np.nonzero(rows & hidden.any(axis=-1))
    while waiting[0].size:
        own, mask = counts[waiting], hidden[waiting]
        room = np.where(mask, own - floor, 0).sum(axis=-1)
        needy = (mask.sum(axis=-1) < 2) | (room < width)
        waiting = tuple(one[needy] for one in waiting)
        own, mask = own[needy], mask[needy]
        candidates = np.where(mask | (own <= 0), _BIG, own)
        chosen = candidates.argmin(axis=-1)
        none = np.take_along_axis(candidates, chosen[:, None], axis=-1)[:, 0] == _BIG
        stuck[tuple(one[none] for one in waiting)] = True
        waiting, chosen = tuple(one[~none] for one in waiting), chosen[~none]
        hidden[(*waiting, chosen)] = True
    return stuck
