"""Rules on figures that cannot be as they stand: an error keeps a report from being submitted. Pure, never Django.

They correct nothing.
"""

from collections.abc import Iterator

from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.doubting import (
    Facts,
    Hit,
    Rule,
    Severity,
    plain,
    scale,
    totals,
)


class Unreadable(Rule):
    """A text that is no number."""

    code = "unreadable"
    severity = Severity.ERROR
    name = {"lv": "Nav skaitlis", "en": "Not a number"}
    says = {"lv": "„%(raw)s” nav skaitlis.", "en": "“%(raw)s” is not a number."}
    remedy = {
        "lv": "Rakstiet tikai ciparus, piemēram, 12400 vai 8,4. Ja skaitļa nav, atstājiet tukšu.",
        "en": "Write digits only, such as 12400 or 8.4. Where there is no number, leave it empty.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            if figure.state == "unreadable":
                yield key, {"raw": figure.raw or "…"}


class BelowZero(Rule):
    """A count, amount or time below zero."""

    code = "below-zero"
    severity = Severity.ERROR
    name = {"lv": "Mazāk par nulli", "en": "Below zero"}
    says = {"lv": "%(number)s ir mazāk par nulli.", "en": "%(number)s is below zero."}
    remedy = {
        "lv": "Pārbaudiet zīmi: skaits un laiks nevar būt negatīvs.",
        "en": "Check the sign: a count or a time cannot be negative.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            if figure.number is not None and figure.number < 0:
                yield key, {"number": plain(figure.number)}


class DecimalsInCount(Rule):
    """Half a request."""

    code = "decimals-in-count"
    severity = Severity.ERROR
    name = {"lv": "Skaits ar komatu", "en": "Decimals in a count"}
    says = {"lv": "%(number)s nav vesels skaits.", "en": "%(number)s is not a whole count."}
    remedy = {
        "lv": "Rakstiet veselu skaitli. Ja komats domāts tūkstošiem, izlaidiet to.",
        "en": "Write a whole number. If the mark was meant for thousands, leave it out.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            if key.quantity in facts.whole and figure.number is not None and figure.number % 1:
                yield key, {"number": plain(figure.number)}


class NoReason(Rule):
    """Not applicable, and nobody knows why."""

    code = "not-applicable-without-reason"
    severity = Severity.ERROR
    name = {"lv": "„Neattiecas” bez iemesla", "en": "“Not applicable” without a reason"}
    says = {"lv": "Teikts „neattiecas”, bet nav iemesla.", "en": "It says “not applicable”, and not why."}
    remedy = {
        "lv": "Pierakstiet iemeslu blakus, piemēram, „neattiecas: nav e-pakalpojuma”.",
        "en": "Write the reason beside it, such as “not applicable: there is no e-service”.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        if not facts.is_entry:
            return
        for key, figure in facts.cells.items():
            if figure.state == "not_applicable" and not figure.note.strip():
                yield key, {}


class PartAboveWhole(Rule):
    """A share over 100 %: more on time than were closed."""

    code = "share-over-whole"
    severity = Severity.ERROR
    name = {"lv": "Daļa virs 100 %", "en": "Share over 100 %"}
    says = {
        "lv": "Daļa %(part)s ir lielāka par veselo %(whole)s: iznāk vairāk nekā 100 %%.",
        "en": "The part %(part)s is larger than the whole %(whole)s: more than 100 %%.",
    }
    remedy = {
        "lv": "Pārbaudiet abus skaitļus; varbūt tie samainīti vai aptver dažādus gadījumus.",
        "en": "Check both numbers; they may be swapped, or count different cases.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for pair in facts.pairs:
            part, whole = facts.total(pair.part.quantity), facts.total(pair.whole.quantity)
            if part is not None and whole is not None and part > whole:
                key = next(key for key in facts.cells if key.quantity == pair.part.quantity)
                yield key, {"part": plain(part), "whole": plain(whole)}
        for promise in facts.promises:
            if promise.met is not None and promise.total is not None and promise.met > promise.total:
                yield Key("standard", "", promise.code), {"part": plain(promise.met), "whole": plain(promise.total)}


class TotalBelowPart(Rule):
    """All channels together are fewer than one of them."""

    code = "total-below-part"
    severity = Severity.ERROR
    name = {"lv": "Kopskaits mazāks par daļu", "en": "Total smaller than a part"}
    says = {
        "lv": "Kopā %(total)s ir mazāk nekā vienā kanālā: %(part)s.",
        "en": "The total %(total)s is smaller than one channel: %(part)s.",
    }
    remedy = {
        "lv": "Izlabojiet kopskaitu vai kanālu; kopskaitu drīkst arī atstāt tukšu.",
        "en": "Mend the total or the channel; the total may also stay empty.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, total, parts in totals(facts):
            largest = max(parts.values())
            if largest > total:
                yield key, {"total": plain(total), "part": plain(largest)}


class OffItsScale(Rule):
    """A mean beyond the ends of the scale it was asked on."""

    code = "off-its-scale"
    severity = Severity.ERROR
    name = {"lv": "Ārpus skalas", "en": "Off its scale"}
    says = {"lv": "%(number)s neietilpst skalā %(scale)s.", "en": "%(number)s is not on the scale %(scale)s."}
    remedy = {
        "lv": "Pārbaudiet skalu un vidējo; procentus neraksta, raksta vidējo vērtējumu.",
        "en": "Check scale and mean; write the mean rating, not a percentage.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            ends = scale(figure.scale)
            if figure.number is not None and ends is not None and not ends[0] <= figure.number <= ends[1]:
                yield key, {"number": plain(figure.number), "scale": figure.scale}


class LongestBelowMiddle(Rule):
    """Nine of ten waited less than one of two."""

    code = "longest-below-middle"
    severity = Severity.ERROR
    name = {"lv": "Garākie gadījumi īsāki par vidējo", "en": "Longest cases shorter than the middle one"}
    says = {
        "lv": "Deviņiem no desmit pietika ar %(longest)s, bet pusei ar %(middle)s.",
        "en": "Nine of ten took at most %(longest)s, but half took %(middle)s.",
    }
    remedy = {"lv": "Skaitļi, visticamāk, samainīti vietām.", "en": "The two numbers are most likely swapped."}

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        key = Key("time_to_result_p90")
        longest, middle = facts.number(key), facts.number(Key("time_to_result_median"))
        if longest is not None and middle is not None and longest < middle:
            yield key, {"longest": plain(longest), "middle": plain(middle)}


class StandardContradicts(Rule):
    """A standard's result that its own numbers deny."""

    code = "standard-contradicts-itself"
    severity = Severity.ERROR
    name = {"lv": "Standarts runā sev pretī", "en": "Standard contradicts itself"}
    says = {
        "lv": "Standarta %(standard)s izpilde nesakrīt ar tā paša skaitļiem (%(faults)s).",
        "en": "The result of standard %(standard)s does not agree with its own numbers (%(faults)s).",
    }
    remedy = {
        "lv": "Izrēķiniet izpildi no izpildīto un visu gadījumu skaita un salīdziniet ar mērķi.",
        "en": "Work the performance out from cases met and all cases, and hold it against the target.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for promise in facts.promises:
            found = [fault for fault in promise.faults if fault not in _SAID_ELSEWHERE]
            if found:
                yield Key("standard", "", promise.code), {"standard": promise.code, "faults": ", ".join(found)}


_SAID_ELSEWHERE = frozenset({"met-above-total", "claim-without-cases"})


class MeanWithoutN(Rule):
    """A mean that does not say of how many, or a rating that does not say on which scale."""

    code = "mean-without-n-or-scale"
    severity = Severity.ERROR
    name = {"lv": "Vidējais bez skaita vai skalas", "en": "Mean without number or scale"}
    says = {
        "lv": "Vērtējumam %(number)s trūkst atbilžu skaita vai skalas.",
        "en": "The rating %(number)s lacks its number of answers or its scale.",
    }
    remedy = {
        "lv": "Ierakstiet, cik cilvēku atbildēja un kādā skalā, piemēram, 1-10.",
        "en": "Write how many people answered and on which scale, such as 1-10.",
    }

    @classmethod
    def hits(cls, facts: Facts) -> Iterator[Hit]:
        for key, figure in facts.cells.items():
            if key.quantity != "satisfaction" or figure.number is None:
                continue
            if not figure.n or scale(figure.scale) is None:
                yield key, {"number": plain(figure.number)}
