"""The flow of a service as owners and overseers see it: map, table of passages, ways, and what strikes in sentences.

The doors hand in their addresses as `Places`; where a door has no list of cases, numbers lead nowhere. Everything that
is chosen stands in the address. It must not compute: the room of flows does.
"""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ietvars.doors.furniture import days, flow_tables, flow_words, today, words
from ietvars.doors.furniture.flow_words import Names
from ietvars.doors.furniture.parts import Fact, Facts, HowComputed, Option, Switch, with_query
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Table
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.deliveries.facts import CHANNELS
from ietvars.institution.flows import queries, rules

SHARES = {"70": 0.7, "90": 0.9, "100": 1.0}


"""How many of 100 cases the map shows, by their commonest ways."""


SHOWN_SHARE = "90"


SHOWN_VARIANTS = 20


SHOWN_MONTHS = 24


def asked(request: HttpRequest) -> queries.Filter:
    """Which cases an address asks for; what cannot be is left out."""
    return queries.Filter(
        period=_known_period(request.GET.get("periods", "")),
        channel=channel if (channel := request.GET.get("kanals", "")) in CHANNELS else "",
        provider=provider if (provider := request.GET.get("sniedzejs", "")) and bodies.by_code(provider) else "",
    )


def _known_period(text: str) -> str:
    return text if text in {code for code, _said in periods()} else ""


def periods() -> list[tuple[str, str]]:
    """Periods of opening that can be chosen, newest first: years, then quarters, then months."""
    known = queries.months_known()
    years = sorted({month // 100 for month in known}, reverse=True)
    quarters = sorted({(month // 100, (month % 100 + 2) // 3) for month in known}, reverse=True)
    codes = [
        *(f"{year}" for year in years),
        *(f"{year}-Q{quarter}" for year, quarter in quarters[: SHOWN_MONTHS // 3]),
        *(f"{month // 100}-{month % 100:02d}" for month in sorted(known, reverse=True)[:SHOWN_MONTHS]),
    ]
    return [(code, days.period(code, language())) for code in codes]


class FilterForm(forms.Form):
    """Which cases: when and how they were opened, and where."""

    periods = forms.ChoiceField(required=False)
    kanals = forms.ChoiceField(required=False)
    sniedzejs = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, whole: rules.Flow, **named: Any) -> None:
        super().__init__(*args, **named)
        said = language()
        self.fields["periods"].label = _("Opened")
        self.fields["kanals"].label = _("Channel of the request")
        self.fields["sniedzejs"].label = _("Provider at the beginning")
        self._offer("periods", [("", _("at any time")), *periods()])
        labels = terms.labels("channels")["channels"]
        channels = {CHANNELS[one.channel] for one in whole.openings if 0 < one.channel < len(CHANNELS)}
        chosen = sorted(channels, key=CHANNELS.index)
        self._offer("kanals", [("", _("any")), *((code, pick(labels.get(code, {}), said) or code) for code in chosen)])
        found = {body.pk: body for body in bodies.all_bodies().filter(pk__in={one.provider for one in whole.openings})}
        named_bodies = sorted((pick(body.name, said), body.code) for body in found.values())
        self._offer("sniedzejs", [("", _("any")), *((code, name) for name, code in named_bodies)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def page(request: HttpRequest, service: Any, places: flow_tables.Places) -> dict[str, Any]:
    """The context of a flow's page."""
    wanted = asked(request)
    share = given if (given := request.GET.get("dala", "")) in SHARES else SHOWN_SHARE
    sort = order if (order := request.GET.get("kartot", "")) in flow_tables.SORTS else "gadijumi"
    found = _flow(service, wanted, SHARES[share])
    is_whole = wanted == queries.ALL
    whole = found if is_whole else _flow(service, queries.ALL)
    names = Names.of([service.pk])
    query = urlencode(flow_tables.query_of(wanted))
    return {
        "flow": found,
        "is_empty": not whole.cases,
        "is_filtered": not is_whole,
        "form": FilterForm(
            {"periods": wanted.period, "kanals": wanted.channel, "sniedzejs": wanted.provider}, whole=whole
        ),
        "action": places.flow,
        "sentence": sentence(found, names),
        "facts": _facts(found),
        "shares": _shares(request, share),
        "sorts": _sorts(request, sort),
        "map": flow_tables.drawing(found, names, places, wanted),
        "tones": flow_words.TONE_WORDS,
        "main_path": flow_tables.main_path(found, names),
        "passages": flow_tables.passages(found, names, places, wanted, sort, only=found.shown),
        "passages_say": _("Passages of the map: %(shown)s.")
        % {"shown": words.of(len(found.shown), len(found.edges), language())},
        "passages_all": with_query(request, dala="100") if len(found.shown) < len(found.edges) else "",
        "variants": flow_tables.variants(found, names, places, wanted, SHOWN_VARIANTS),
        "conformance": flow_tables.conformance(service, found, places, wanted),
        "sayings": flow_tables.sayings(found, names, places, wanted),
        "how": how(),
        "steps": places.steps,
        "csv": f"{places.csv}?{query}" if query else places.csv,
        "json": f"{places.json}?{query}" if query else places.json,
        "variants_csv": f"{places.variants_csv}?{query}" if query else places.variants_csv,
        "compare": f"{places.compare}?{query}" if query else places.compare,
    }


def _flow(service: Any, wanted: queries.Filter, share: float = 1.0) -> rules.Flow:
    return queries.flow(
        [service.pk],
        on=today.today(),
        period=wanted.period,
        channel=wanted.channel,
        provider=wanted.provider,
        share=share,
    )


def table(request: HttpRequest, service: Any, places: flow_tables.Places) -> Table:
    """All passages, for files."""
    wanted = asked(request)
    found = _flow(service, wanted)
    return flow_tables.passages(found, Names.of([service.pk]), places, wanted, "gadijumi")


def variants_table(request: HttpRequest, service: Any, places: flow_tables.Places) -> Table:
    """The commonest ways, for files."""
    wanted = asked(request)
    found = _flow(service, wanted)
    return flow_tables.variants(found, Names.of([service.pk]), places, wanted, len(found.variants))


def sentence(flow: rules.Flow, names: Names) -> str:
    """What a reader could repeat: the commonest way, and where most time goes."""
    if not flow.cases:
        return ""
    first = flow.variants[0]
    parts = [
        _("The commonest of %(count)s is taken by %(share)s of cases, in %(steps)s.")
        % {
            "count": words.counted(flow.variants_n, _WAYS[flow_tables.forms()], language()),
            "share": flow_tables.percent(first.cases, flow.cases),
            "steps": words.counted(len(first.activities), _STEPS[flow_tables.forms()], language()),
        }
    ]
    if flow.edges:
        slow = max(flow.edges, key=lambda edge: edge.sum_us)
        whole = sum(edge.sum_us for edge in flow.edges)
        if whole:
            parts.append(
                _("Most of the time, %(share)s, passes between “%(first)s” and “%(then)s”.")
                % {
                    "share": flow_tables.percent(slow.sum_us, whole),
                    "first": names.step(slow.source),
                    "then": names.step(slow.target),
                }
            )
    return " ".join(parts)


_WAYS = {"lv": ("ceļa", "ceļiem", "ceļiem"), "en": ("way", "ways")}


_STEPS = {"lv": ("solī", "soļos", "soļos"), "en": ("step", "steps")}


def _facts(flow: rules.Flow) -> Facts:
    said = language()
    return Facts(
        (
            Fact(_("Cases"), words.number(flow.cases, said), under=_open(flow)),
            Fact(_("Events"), words.number(flow.events, said)),
            Fact(_("Steps"), words.number(len(flow.activities), said)),
            Fact(_("Different ways"), words.number(flow.variants_n, said)),
        )
    )


def _open(flow: rules.Flow) -> str:
    if not flow.open_cases:
        return ""
    return _("of these %(count)s without a result yet") % {"count": words.number(flow.open_cases, language())}


def _shares(request: HttpRequest, share: str) -> Switch:
    return Switch(
        _("How many cases the map shows"),
        tuple(
            Option(
                words.percent(int(code), language(), decimals=0),
                with_query(request, dala=None if code == SHOWN_SHARE else code),
                current=code == share,
            )
            for code in SHARES
        ),
    )


def _sorts(request: HttpRequest, sort: str) -> Switch:
    said = {"gadijumi": _("by cases"), "mediana": _("by median time"), "kopa": _("by time in all")}
    return Switch(
        _("Order of the table"),
        tuple(
            Option(
                said[code],
                f"{with_query(request, kartot=None if code == 'gadijumi' else code)}#parejas",
                current=code == sort,
            )
            for code in flow_tables.SORTS
        ),
    )


def how() -> HowComputed:
    """How the numbers of a flow come about."""
    number = queries.freshness().generation
    half = _("Half of the passages took no longer; off by one passage in a hundred and 1 percent of the time at most")
    return HowComputed(
        numerator=_("Pairs of events that follow each other directly within one case"),
        denominator=_("Cases opened in the chosen period"),
        exclusions=_("Events that were corrected or taken back, and dates that a case carries beside its events"),
        coverage=_("All events of the service that have come in; a case counts in the month in which it was opened"),
        edition=_("Number %(number)s of the published summary") % {"number": number} if number else "–",
        extra=(
            (_("Median"), half),
            (_("9 of 10"), _("Nine of ten passages took no longer; the same error")),
            (_("Time"), _("By the clock, nights and days off included")),
        ),
    )
