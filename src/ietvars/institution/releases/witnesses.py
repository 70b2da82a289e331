"""The proof, cell by cell, that nothing hidden can be found although the state's margins are shown beside the tree.

Pure arithmetic over arrays, never Django. A cell's witness is another table that agrees with all that is shown and
holds something else in that cell. Three moves make one, each made up for by other services in the same month and part:

- *parts*: a month of a service gives from one hidden part to another; others give the other way round.
- *months*: a service whose months are hidden gives from one month to another; others give the other way round.
- *services*: a hidden service gives to another hidden one below the same sum, in the same month and part.

How far a cell can rise and fall by such moves, together, is the least that a reader must allow for it. Where that is
less than asked, a helper is hidden beside it. Hiding more never narrows what another cell has, so this ends.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ietvars.institution.releases import hiding
from ietvars.institution.releases.hiding import Hidden
from ietvars.institution.releases.lattice import Counts, Flags, Lattice

Numbers = NDArray[np.int64]

_REPAIRS = 60
"""So often more is hidden for the margins' sake, before they are left out."""
_PATIENCE = 3
"""So often each month of a service may be helped from elsewhere before more of its own is hidden."""
_ALONE, _OF_HOLDERS = -1, -2
"""Instead of a holder: a service that is shown, and the services of all hidden holders together."""


def hide(lattice: Lattice, *, k: int, width: int) -> Hidden:
    """What must be hidden so that everybody who knows all that is shown must allow `width` for each hidden count.

    `width` counts no more than k: outcomes of k cases can differ by no more.
    """
    width = min(width, k)
    found = _along_the_tree(lattice, k, width)
    if not found.state and not _is_any_few(lattice, k) and _beside_margins(lattice, found, width):
        return found
    found = _along_the_tree(lattice, k, width)
    found.has_margins = False
    return found


def _along_the_tree(lattice: Lattice, k: int, width: int) -> Hidden:
    found = hiding.small(lattice, k)
    hiding.along_the_tree(lattice, found, width)
    return found


def _is_any_few(lattice: Lattice, k: int) -> bool:
    sums = lattice.of_month.sum(axis=0)
    rest = np.zeros_like(sums) if lattice.beside is None else lattice.beside.sum(axis=0) - sums
    return any(bool(((counts > 0) & (counts < k)).any()) for counts in (sums, rest))


def _beside_margins(lattice: Lattice, found: Hidden, width: int) -> bool:
    """Hide more until each hidden cell has its witness. False where nothing helps."""
    tries: Counter[int] = Counter()
    for _attempt in range(_REPAIRS):
        work = _Witnesses(lattice, found, width, tries)
        if not work.mend():
            return not work.is_stuck
        hiding.along_the_tree(lattice, found, width)
    return False


class _Witnesses:
    """How far each hidden cell can change while everything shown stays as it is, and what helps those that cannot."""

    def __init__(self, lattice: Lattice, found: Hidden, width: int, tries: Counter[int]) -> None:
        self.lattice, self.found, self.width = lattice, found, width
        self.tries = tries
        self.is_stuck = False
        self.count = lattice.of_month
        # Under a hidden service its months may fall to nothing; a hidden month of a shown service is at least one.
        floor = np.where(found.services[:, None], 0, 1)
        self.month_room: Counts = np.where(found.months, np.maximum(self.count - floor, 0), 0)
        # Services that may give to each other: hidden ones of one shown holder, or of all hidden holders together.
        group = np.where(found.holders[lattice.holder_at], _OF_HOLDERS, lattice.holder_at)
        self.group = np.where(found.services, group, _ALONE)
        self.service_room: Counts = np.maximum(lattice.of_service - 1, 0)
        self.groups = {
            int(code): np.flatnonzero(self.group == code) for code in np.unique(self.group) if code != _ALONE
        }
        self.parted = self._parted()
        self.lent = self._with_group(self.parted) - self.parted
        self.lent[self.group == _ALONE] = 0

    def _parted(self) -> Counts:
        """What each hidden service can give up by month, so that all months together leave it and its holder one."""
        parted = self.count.copy()
        rows = np.arange(parted.shape[0])
        biggest = parted.argmax(axis=1)
        parted[rows, biggest] -= 1 + (self.group == _OF_HOLDERS)
        return np.maximum(parted, 0)

    def mend(self) -> bool:
        """Hide more for the cells that lack a witness. False when none lacks it, or when nothing helps."""
        changed = False
        for number in range(len(self.lattice.partings)):
            for month in range(len(self.lattice.months)):
                changed |= self._month(number, month)
                if self.is_stuck:
                    return False
        return self._services() or changed

    # ---- one month, one parting ----------------------------------------------------------------------------------

    def _month(self, number: int, month: int) -> bool:
        one, found = self.lattice.partings[number], self.found
        hidden, margin = found.parts[number][:, month], found.margins[number][month]
        if not hidden.any() and not margin.any():
            return False
        counts = one.counts[:, month]
        is_month = found.months[:, month]
        room = np.where(hidden, np.maximum(counts - np.where(is_month, 0, one.floor)[:, None], 0), 0)
        given = self._given(number, month, hidden, room)
        short = self._margins_short(number, month, hidden, room)
        if short.size:
            return self._help_margin(number, month, int(short[0]), hidden, room)
        rise, fall = self._by_parts(hidden, room, given)
        lifted = np.zeros(counts.shape, dtype=np.int64)
        if is_month.any():
            lifted, dropped = self._by_months(month, counts)
            # A hidden month rises through some part and turns that into this one, or does half of that and half of
            # what it turns of its own: both take from the same others.
            halved = self._by_parts(hidden, room, given // 2)[0] + _through(lifted // 2, given // 2)
            raised = np.maximum(_through(lifted, given), halved)
            rise = np.where(is_month[:, None], np.maximum(rise, raised), rise)
            fall = np.where(is_month[:, None], np.maximum(fall, np.minimum(counts, dropped[:, None])), fall)
        wanting = hidden & (rise + fall < self.width)
        if not wanting.any():
            return False
        return self._help(number, month, hidden, room, wanting, lifted)

    def _given(self, number: int, month: int, hidden: Flags, room: Counts) -> Numbers:
        """How much of each part the other services can turn into each other part: services x from x to."""
        pool = room.T @ hidden.astype(np.int64)
        own = room[:, :, None] * hidden[:, None, :]
        given: Numbers = np.where(hidden[:, :, None] & hidden[:, None, :], pool[None] - own, 0)
        margin = self.found.margins[number][month]
        if margin.any():  # a margin that is hidden itself takes up what nobody makes up for
            spare = np.maximum(self.lattice.margin(number)[month] - 1, 0)
            both = margin[:, None] & margin[None, :]
            given = given + np.where(both, spare[None, :], 0)[None]
        return given

    def _by_parts(self, hidden: Flags, room: Counts, given: Numbers) -> tuple[Numbers, Numbers]:
        """How far each part rises and falls by giving among the parts of its own month."""
        others = max(hidden.shape[1] - 1, 1)
        apart = ~np.eye(hidden.shape[1], dtype=bool)
        usable = apart[None] & hidden[:, :, None] & hidden[:, None, :]
        single = np.where(usable, np.minimum(room[:, None, :], given), 0).max(axis=2)
        shared = np.where(usable, np.minimum(room[:, None, :], given // others), 0).sum(axis=2)
        back = np.where(usable, np.swapaxes(given, 1, 2), 0).sum(axis=2)
        return np.maximum(single, shared), np.minimum(room, back)

    def _by_months(self, month: int, counts: Counts) -> tuple[Numbers, Numbers]:
        """How far a hidden month rises through each part, and falls, by what other months or services make up for.

        It rises by what its own other months give up, and what hidden services of its group do, while third services
        give from this month and part to that other month.
        """
        found, lattice = self.found, self.lattice
        here = found.months[:, month]
        lowered = np.where(here[:, None], np.minimum(counts, self.month_room[:, month, None]), 0)
        direct, takers = self._by_services(month, counts)
        best, summed = np.zeros(counts.shape, dtype=np.int64), direct.copy()
        dropped = np.zeros(counts.shape[0], dtype=np.int64)
        others = max(len(lattice.months) - 1, 1)
        for other in range(len(lattice.months)):
            both = here & found.months[:, other]
            if other == month or not both.any():
                continue
            mine = np.where(both[:, None], lowered, 0)
            pool = mine.sum(axis=0)[None] - mine
            own = np.where(both, self.month_room[:, other], 0)
            gives = (own + self.lent[:, other])[:, None]
            best = np.maximum(best, np.minimum(gives, pool))
            # What the group lends directly is not lent again by way of another month.
            summed += np.minimum(gives, (mine.sum(axis=0)[None] - self._with_group(mine)) // others)
            dropped += np.where(both, own.sum() - own, 0)
        fall = np.minimum(self.month_room[:, month], dropped)
        own = np.minimum(self.month_room[:, month], self.service_room)
        return np.maximum(best, summed), np.maximum(fall, np.where(takers, own, 0))

    def _with_group(self, mine: Counts) -> Counts:
        """For each service the sum over its group; a service of no group stands alone."""
        summed = mine.copy()
        for own in self.groups.values():
            summed[own] = mine[own].sum(axis=0)[None]
        return summed

    def _by_services(self, month: int, counts: Counts) -> tuple[Numbers, Flags]:
        """What other hidden services of the same group can lend in a month, by part; and whether there is any other."""
        lent = np.zeros(counts.shape, dtype=np.int64)
        takers = np.zeros(counts.shape[0], dtype=bool)
        there = self.lattice.present[:, month]
        for members in self.groups.values():
            own = members[there[members]]
            spare = np.minimum(counts[own], self.parted[own, month, None])
            lent[own] = spare.sum(axis=0)[None] - spare
            takers[own] = own.size > 1
        return lent, takers

    # ---- margins and sums ----------------------------------------------------------------------------------------

    def _margins_short(self, number: int, month: int, hidden: Flags, room: Counts) -> NDArray[np.intp]:
        """Hidden parts of the state's month that cannot change enough."""
        margin = self.found.margins[number][month]
        if not margin.any():
            return np.array([], dtype=np.intp)
        spare = np.maximum(self.lattice.margin(number)[month] - 1, 0)
        turned = np.minimum(room.T @ hidden.astype(np.int64), spare[:, None])  # of a part into another
        reach = np.where(margin[None, :] & ~np.eye(margin.size, dtype=bool), turned + turned.T, 0).max(axis=1)
        return np.flatnonzero(margin & (reach < self.width))

    def _services(self) -> bool:
        """Hidden services and holders: others below the same sum must be able to make up for them."""
        found, lattice = self.found, self.lattice
        there = lattice.present.astype(np.int64)
        changed = False
        for code, own in self.groups.items():
            lends = self.count[own] @ there[own].T  # cases of one in the months in which another is there
            lends = np.minimum(lends, self.service_room[own][:, None])
            np.fill_diagonal(lends, 0)
            reach = lends.sum(axis=0) + lends.max(axis=1)
            if (reach < self.width).any() or own.size < 2:
                changed |= self._help_services(code)
        if found.holders.any() and not self.is_stuck:
            changed |= self._holders(np.flatnonzero(found.holders))
        return changed

    def _holders(self, hidden: NDArray[np.intp]) -> bool:
        lattice = self.lattice
        of = np.zeros((len(lattice.holder_codes), len(lattice.months)), dtype=np.int64)
        np.add.at(of, lattice.holder_at, self.count)
        there = np.zeros(of.shape, dtype=np.int64)
        np.maximum.at(there, lattice.holder_at, lattice.present.astype(np.int64))
        lends = np.minimum(of[hidden] @ there[hidden].T, np.maximum(lattice.of_holder[hidden] - 1, 0)[:, None])
        np.fill_diagonal(lends, 0)
        if hidden.size > 1 and (lends.sum(axis=0) + lends.max(axis=1) >= self.width).all():
            return False
        return self._hide_smallest(self.found.holders, lattice.of_holder, ~self.found.holders)

    def _help_services(self, code: int) -> bool:
        if code == _OF_HOLDERS:
            return self._hide_smallest(self.found.holders, self.lattice.of_holder, ~self.found.holders)
        among = (self.lattice.holder_at == code) & ~self.found.services & (self.lattice.of_service > 0)
        if among.any():
            return self._hide_smallest(self.found.services, self.lattice.of_service, among)
        self.found.holders[code] = True
        return True

    def _hide_smallest(self, flags: Flags, counts: Counts, among: Flags) -> bool:
        among = among & (counts > 0)
        if not among.any():
            self.is_stuck = True
            return False
        flags[np.flatnonzero(among)[counts[among].argmin()]] = True
        return True

    # ---- help ----------------------------------------------------------------------------------------------------

    def _help(self, number: int, month: int, hidden: Flags, room: Counts, wanting: Flags, lifted: Numbers) -> bool:
        """Hide a helper for one cell that lacks its witness, and for those that lack it in the same way."""
        service, part = (int(at) for at in np.argwhere(wanting)[0])
        found = self.found
        if not found.months[service, month]:
            if self._help_itself(number, month, service, part, hidden, room):
                return True
            partners = np.where(hidden[service], room[service], -1)
            partners[part] = -1
            return self._help_parts(number, month, part, int(partners.argmax()))
        if self._help_own(service):
            return True
        through = int(lifted[service].argmax())
        if through != part and lifted[service, through] >= self.width:
            return self._help_parts(number, month, part, through)
        return self._help_months(number, month, service, part)

    def _help_own(self, service: int) -> bool:
        """Hide more of the cell's own: a month of its service, or beside a hidden service one more of the group.

        With twice what is asked for at hand a cell rarely lacks its witness; a holder is hidden only when nothing
        else has helped for long.
        """
        found = self.found
        self.tries[service] += 1
        if not found.services[service]:
            shown = ~found.months[service] & (self.count[service] > 0)
            if self.month_room[service].sum() < 2 * self.width and shown.any():
                return self._hide_smallest(found.months[service], self.count[service], shown)
            return False
        code = int(self.group[service])
        has = self.count[service].sum() + self.lent[service].sum()
        beside = (self.lattice.holder_at == code) & ~found.services & (self.lattice.of_service > 0)
        is_long = self.tries[service] > _PATIENCE * len(self.lattice.months)
        if has < self.width or is_long or (has < 2 * self.width and beside.any()):
            self.tries[service] = 0
            return self._help_services(code)
        return False

    def _help_itself(self, number: int, month: int, service: int, part: int, hidden: Flags, room: Counts) -> bool:
        """Hide one more part of the same month, smallest first, where others can make up for that one."""
        counts = self.lattice.partings[number].counts[service, month]
        turned = room[:, part] @ hidden.astype(np.int64) - room[service, part] * hidden[service]
        free = ~hidden[service] & (np.minimum(counts - 1, turned) >= self.width)
        if not free.any():
            return False
        hidden[service, np.flatnonzero(free)[counts[free].argmin()]] = True
        return True

    def _help_margin(self, number: int, month: int, part: int, hidden: Flags, room: Counts) -> bool:
        """Hide beside a part of the state's month another one, into which services can turn it; else a helper."""
        margin = self.found.margins[number][month]
        counts = self.lattice.margin(number)[month]
        turned = room.T @ hidden.astype(np.int64)
        reach = np.minimum(turned[part], counts[part] - 1) + np.minimum(turned[:, part], counts - 1)
        reach[[part, *np.flatnonzero(counts <= 0)]] = -1
        free = ~margin & (reach >= self.width)
        if free.any():
            margin[np.flatnonzero(free)[counts[free].argmin()]] = True
            return True
        other = int(np.where(margin, reach, -1).argmax()) if margin.sum() > 1 else int(reach.argmax())
        if reach[other] < 0:
            self.is_stuck = True
            return False
        margin[other] = True
        return self._help_parts(number, month, part, other)

    def _help_parts(self, number: int, month: int, part: int, other: int) -> bool:
        """Hide two parts of a month of one more service; where none has both, the two margins, at last all of them."""
        counts, hidden = self.lattice.partings[number].counts[:, month], self.found.parts[number][:, month]
        least = np.minimum(counts[:, part], counts[:, other]) - 1
        free = (least > 0) & ~(hidden[:, part] & hidden[:, other])
        if not free.any():
            margin, positive = self.found.margins[number][month], self.lattice.margin(number)[month] > 0
            pair = np.isin(np.arange(margin.size), (part, other)) & positive
            before = int(margin.sum())
            margin |= pair if not margin[pair].all() else positive
            self.is_stuck = int(margin.sum()) == before
            return not self.is_stuck
        chosen = self._cheapest(free, least, counts[:, part] + counts[:, other])
        hidden[chosen, [part, other]] = True
        return True

    def _help_months(self, number: int, month: int, service: int, part: int) -> bool:
        """Hide two months of one more service; where the cell's service has no other month, one more service."""
        found = self.found
        mine = np.where(found.months[service], self.month_room[service], -1)
        mine[month] = -1
        other = int(mine.argmax())
        if mine[other] <= 0:
            if not found.services[service]:
                self.is_stuck = True
                return False
            return self._help_services(int(self.group[service]))
        counts = self.lattice.partings[number].counts[:, month, part]
        least = np.minimum(counts, self.count[:, other]) - 1
        free = (least > 0) & ~(found.months[:, month] & found.months[:, other])
        if not free.any() and found.services[service]:
            return self._help_services(int(self.group[service]))
        if not free.any():
            self.is_stuck = True
            return False
        chosen = self._cheapest(free, least, self.count[:, month] + self.count[:, other])
        found.months[chosen, [month, other]] = True
        return True

    def _cheapest(self, free: Flags, least: Counts, cost: Counts) -> int:
        """The cheapest of the free services that suffices alone; where none does, the one that helps most."""
        enough = free & (least >= self.width)
        if enough.any():
            return int(np.flatnonzero(enough)[cost[enough].argmin()])
        return int(np.flatnonzero(free)[least[free].argmax()])


def _through(lifted: Numbers, given: Numbers) -> Numbers:
    """How far each part rises when its month rises through the best part, which others turn into this one."""
    through = np.minimum(lifted[:, None, :], given)
    part = np.arange(lifted.shape[1])
    through[:, part, part] = lifted
    best: Numbers = through.max(axis=2)
    return best
