"""Rules on figures that are doubtful: a warning wants a reason, a remark is only told. Pure, never Django.

Where a threshold stands, it was set by the inventory of the Government of Canada of 2018-19 to 2023-24;
docs/howto/run-a-round.md says how often each speaks there. They correct nothing.
"""

from collections.abc import Iterator
from decimal import Decimal
from statistics import median
from typing import ClassVar

from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.doubting import (
    ONLINE,
    VOLUME,
    Facts,
    Hit,
    Rule,
    Severity,
    by_stage,
    channels_complete,
    key_of,
    plain,
    totals,
)


class VolumeWithoutStandard(Rule):
    """People ask for it, and nobody has said how long they wait."""

    code = "volume-without-standard"
    severity = Severity.WARNING
    name = {"lv": "Apjoms bez solījuma", "en": "Volume without a standard"}
    says = {
        "lv": "Pieprasīts %(volume)s reizes, bet pakalpojumam nav ne termiņa, ne standarta.",
        "en": "Requested %(volume)s times, but the service promises neither a term nor a standard.",
    }
    remedy = {
        "lv": "Ierakstiet termiņu aprakstā, vai pasakiet, kāpēc tā nav.",
        "en": "Write the term into the description, or say why there is none.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        volume = facts.volume
        if volume and facts.has_promise is False:
            yield key_of(facts, VOLUME), {"volume": plain(volume)}


class StandardWithoutVolume(Rule):
    """A promise was measured over cases of a service that nobody asked for."""

    code = "standard-without-volume"
    severity = Severity.WARNING
    name = {"lv": "Izpilde bez apjoma", "en": "Standard without volume"}
    says = {
        "lv": "Termiņu mērīja %(cases)s gadījumos, bet pieprasījumu ir nulle.",
        "en": "Timeliness was measured over %(cases)s cases, but there are no requests.",
    }
    remedy = {
        "lv": "Ierakstiet pieprasījumus; ja gadījumi nāk no iepriekšējā perioda, pasakiet to.",
        "en": "Write the requests down; if the cases come from an earlier period, say so.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        if facts.volume != 0:
            return
        totals = [promise.total for promise in facts.promises if promise.total]
        cases = facts.total("closed") or (max(totals) if totals else None)
        if cases:
            yield key_of(facts, VOLUME), {"cases": plain(cases)}


class SameFourPeriods(Rule):
    """The very same figure four times in a row was most likely copied."""

    code = "same-four-periods"
    severity = Severity.WARNING
    name = {"lv": "Tas pats skaitlis četros periodos", "en": "Same figure in four periods"}
    says = {
        "lv": "%(number)s jau ceturto periodu pēc kārtas.",
        "en": "%(number)s for the fourth period in a row.",
    }
    remedy = {
        "lv": "Pārbaudiet, vai skaitlis nav pārrakstīts no iepriekšējā gada.",
        "en": "Check that the figure was not copied from the year before.",
    }
    # Small counts repeat by chance, and what is agreed for a year repeats by plan.
    LEAST: ClassVar[Decimal] = Decimal(20)
    BY_PLAN: ClassVar[frozenset[str]] = frozenset({"agreed_hours", "description_required", "description_filled"})

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            if figure.number is None or figure.number < cls.LEAST or key.quantity in cls.BY_PLAN:
                continue
            before = [cells.get(key) for cells in facts.earlier[:3]]
            if len(before) == 3 and all(one is not None and one.number == figure.number for one in before):
                yield key, {"number": plain(figure.number)}


class ExtremeChange(Rule):
    """Ten times as many, or a tenth, of something that was not small."""

    code = "extreme-change"
    severity = Severity.WARNING
    name = {"lv": "Krasa pārmaiņa", "en": "Extreme change"}
    says = {
        "lv": "%(number)s, bet iepriekš bija %(before)s.",
        "en": "%(number)s, but %(before)s in the period before.",
    }
    remedy = {
        "lv": "Pārbaudiet nulles un mērvienību. Ja pārmaiņa ir īsta, pasakiet, kas notika.",
        "en": "Check zeros and unit. If the change is real, say what happened.",
    }
    TIMES: ClassVar[int] = 10
    LEAST: ClassVar[Decimal] = Decimal(500)

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            before = facts.last.get(key)
            if not figure.number or before is None or not before.number or figure.n is not None:
                continue
            less, more = sorted((abs(figure.number), abs(before.number)))
            if more >= cls.LEAST and more >= less * cls.TIMES:
                yield key, {"number": plain(figure.number), "before": plain(before.number)}


class ZeroAfterMany(Rule):
    """Nothing, where there was a lot."""

    code = "zero-after-many"
    severity = Severity.WARNING
    name = {"lv": "Nulle pēc liela apjoma", "en": "Zero after a large volume"}
    says = {"lv": "Nulle, bet iepriekš bija %(before)s.", "en": "Zero, but %(before)s in the period before."}
    remedy = {
        "lv": "Ja skaitļa nav, atstājiet tukšu: nulle nozīmē, ka neviena nebija. Ja kanālu slēdza, pasakiet to.",
        "en": "Where there is no figure, leave it empty: zero means there was none. If the channel was closed, say so.",
    }
    LEAST: ClassVar[Decimal] = Decimal(100)

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            before = facts.last.get(key)
            if figure.number == 0 and before is not None and before.number is not None and before.number >= cls.LEAST:
                yield key, {"before": plain(before.number)}


class OnlineWithoutChannel(Rule):
    """Requests came online, and the description knows no online channel."""

    code = "online-without-channel"
    severity = Severity.WARNING
    name = {"lv": "Tiešsaiste bez kanāla", "en": "Online without a channel"}
    says = {
        "lv": "Elektroniski %(number)s, bet aprakstā tāda kanāla nav.",
        "en": "%(number)s came online, but the description has no such channel.",
    }
    remedy = {
        "lv": "Pierakstiet kanālu pakalpojuma aprakstā, vai izlabojiet skaitli.",
        "en": "Add the channel to the service's description, or mend the figure.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        if facts.offered is None:
            return
        for key, figure in facts.cells.items():
            offered = facts.offered.get(key.stage, frozenset())
            if key.channel in ONLINE and figure.number and offered and key.channel not in offered:
                yield key, {"number": plain(figure.number)}


class OfferedButNotApplicable(Rule):
    """A channel that people are offered cannot be without meaning."""

    code = "offered-but-not-applicable"
    severity = Severity.WARNING
    name = {"lv": "Piedāvāts, bet „neattiecas”", "en": "Offered, but “not applicable”"}
    says = {
        "lv": "Teikts „neattiecas”, bet aprakstā šāds kanāls ir.",
        "en": "It says “not applicable”, but the description offers this channel.",
    }
    remedy = {
        "lv": "Rakstiet 0, ja pa šo kanālu neviens nenāca, vai izņemiet kanālu no apraksta.",
        "en": "Write 0 if nobody came this way, or take the channel out of the description.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            offered = (facts.offered or {}).get(key.stage, frozenset())
            if key.channel and figure.state == "not_applicable" and key.channel in offered:
                yield key, {}


class PartsDiffer(Rule):
    """The channels do not add up to the total."""

    code = "parts-differ-from-total"
    severity = Severity.WARNING
    name = {"lv": "Kanāli nesummējas", "en": "Channels do not add up"}
    says = {
        "lv": "Kanālos kopā %(sum)s, bet kopskaits ir %(total)s.",
        "en": "The channels add up to %(sum)s, but the total is %(total)s.",
    }
    remedy = {
        "lv": "Izlabojiet vienu no tiem; kopskaitu drīkst atstāt tukšu, to saskaita pats.",
        "en": "Mend one of them; the total may stay empty, it is added by itself.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, total, parts in totals(facts):
            added = sum(parts.values(), Decimal(0))
            if max(parts.values()) <= total != added and channels_complete(facts, key, parts):
                yield key, {"sum": plain(added), "total": plain(total)}


class SameInEveryChannel(Rule):
    """One number for all channels was divided, not counted."""

    code = "same-in-every-channel"
    severity = Severity.WARNING
    name = {"lv": "Vienāds skaits visos kanālos", "en": "Same figure in every channel"}
    says = {
        "lv": "%(count)s kanālos tieši tas pats skaitlis: %(number)s.",
        "en": "Exactly the same figure in %(count)s channels: %(number)s.",
    }
    remedy = {
        "lv": "Ja kanālus neskaita atsevišķi, ierakstiet tikai kopskaitu.",
        "en": "Where channels are not counted apart, write only the total.",
    }
    LEAST: ClassVar[Decimal] = Decimal(10)

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for (quantity, stage), parts in by_stage(facts).items():
            numbers = [number for number in parts.values() if number >= cls.LEAST]
            if len(numbers) >= 3 and len(set(numbers)) == 1:
                first = next(channel for channel, number in parts.items() if number == numbers[0])
                yield Key(quantity, stage, first), {"count": len(numbers), "number": plain(numbers[0])}


class FewAnswers(Rule):
    """A mean of a handful of answers."""

    code = "few-answers"
    severity = Severity.WARNING
    name = {"lv": "Par maz atbilžu", "en": "Too few answers"}
    says = {
        "lv": "Vidējais no %(n)s atbildēm par pakalpojumu maz ko saka.",
        "en": "A mean of %(n)s answers says little about the service.",
    }
    remedy = {
        "lv": "Aptaujājiet vismaz 30 cilvēkus, vai pasakiet, kāpēc vairāk nav iespējams.",
        "en": "Ask at least 30 people, or say why there cannot be more.",
    }
    LEAST: ClassVar[int] = 30

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            if key.quantity == "satisfaction" and figure.n is not None and figure.n < cls.LEAST:
                yield key, {"n": figure.n}


class AnswersAboveCases(Rule):
    """More people answered than were served."""

    code = "answers-above-cases"
    severity = Severity.WARNING
    name = {"lv": "Atbilžu vairāk nekā gadījumu", "en": "More answers than cases"}
    says = {
        "lv": "Atbildēja %(n)s, bet pieprasījumu bija %(volume)s.",
        "en": "%(n)s answered, but there were %(volume)s requests.",
    }
    remedy = {
        "lv": "Pārbaudiet, vai aptauja neaptver vairākus pakalpojumus vai gadus.",
        "en": "Check that the survey does not cover several services or years.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        volume = facts.volume
        for key, figure in facts.cells.items():
            if key.quantity == "satisfaction" and figure.n is not None and volume and figure.n > volume:
                yield key, {"n": figure.n, "volume": plain(volume)}


class BulkClosed(Rule):
    """Most cases of a year were closed in one month: a clean-up of the register, not work done."""

    code = "bulk-closed"
    severity = Severity.WARNING
    name = {"lv": "Slēgts vairumā", "en": "Closed in bulk"}
    says = {
        "lv": "Vienā mēnesī slēgti %(month)s no %(all)s gadījumiem.",
        "en": "%(month)s of %(all)s cases were closed in one month.",
    }
    remedy = {
        "lv": "Ja gadījumus slēdza, kārtojot reģistru, termiņu rēķiniet bez tiem un pasakiet to.",
        "en": "If cases were closed while the register was put in order, leave them out of the term and say so.",
    }
    COUNTED: ClassVar[tuple[str, ...]] = ("closed", "results")
    LEAST: ClassVar[Decimal] = Decimal(100)
    MONTHS: ClassVar[int] = 6

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for quantity in cls.COUNTED:
            said = [number for number in facts.monthly.get(quantity, ()) if number is not None]
            if len(said) < cls.MONTHS or sum(said) < cls.LEAST:
                continue
            largest = max(said)
            if largest * 2 > sum(said) and largest > 4 * Decimal(median(said)):
                yield key_of(facts, quantity), {"month": plain(largest), "all": plain(sum(said, Decimal(0)))}


class AllOnTime(Rule):
    """All cases kept the term, of very many."""

    code = "all-on-time"
    severity = Severity.REMARK
    name = {"lv": "Visi termiņā", "en": "All on time"}
    says = {
        "lv": "Termiņā pilnīgi visi %(closed)s gadījumi.",
        "en": "Every one of %(closed)s cases was on time.",
    }
    remedy = {
        "lv": "Pārbaudiet, vai „termiņā” skaita pēc datumiem, nevis pieņem.",
        "en": "Check that “on time” is counted from dates and not assumed.",
    }
    LEAST: ClassVar[Decimal] = Decimal(1000)

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        key = Key("closed_on_time")
        closed = facts.total("closed")
        if closed is not None and closed >= cls.LEAST and facts.number(key) == closed:
            yield key, {"closed": plain(closed)}


class RoundNumbers(Rule):
    """Figures that all end in two zeros were estimated."""

    code = "round-numbers"
    severity = Severity.REMARK
    name = {"lv": "Apaļi skaitļi", "en": "Round numbers"}
    says = {
        "lv": "Visi %(count)s skaitļi ir apaļi simti: tā vērtē, nevis skaita.",
        "en": "All %(count)s figures are round hundreds: that is how one estimates, not counts.",
    }
    remedy = {
        "lv": "Ja tas ir vērtējums, pierakstiet to; ja ne, ņemiet skaitu no sistēmas.",
        "en": "If it is an estimate, say so; if not, take the count from the system.",
    }
    COUNT: ClassVar[int] = 3

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        numbers = [
            (key, figure.number)
            for key, figure in facts.cells.items()
            if key.quantity == VOLUME and key.channel and figure.number is not None and figure.number >= 100
        ]
        if len(numbers) >= cls.COUNT and all(number % 100 == 0 for _key, number in numbers):
            yield numbers[0][0], {"count": len(numbers)}


class NoVolume(Rule):
    """Nobody has said how often the service is asked for."""

    code = "no-volume"
    severity = Severity.REMARK
    name = {"lv": "Apjoms nav zināms", "en": "Volume not known"}
    says = {
        "lv": "Nav neviena pieprasījumu skaita, tāpēc pakalpojumu nevar ne svērt, ne salīdzināt.",
        "en": "No number of requests is given, so the service can be neither weighed nor compared.",
    }
    remedy = {
        "lv": "Saskaitiet pieprasījumus vismaz pa vienu kanālu.",
        "en": "Count the requests of at least one channel.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        said = [figure for key, figure in facts.cells.items() if key.quantity == VOLUME]
        if said and all(figure.state in ("missing", "not_asked", "unreadable") for figure in said):
            yield key_of(facts, VOLUME), {}
