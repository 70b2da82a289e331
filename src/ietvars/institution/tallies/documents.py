"""The stable document of a service month by month, for programs: lines with turns, the wait, and its place among peers.

Keys are described in docs/howto/json-of-commands.md; new ones may come without a new version. It must not compute.
"""

from datetime import date
from typing import Any

from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis
from ietvars.institution.tallies import peers, queries, survival
from ietvars.institution.tallies.lines import Line, Spot
from ietvars.institution.tallies.turns import Turn

Document = dict[str, Any]
NAME, VERSION = "ietvars/series", 1
PEER_MONTHS = 12
"""Services of a kind are set side by side over so many months that are over."""


def series(service_id: int, code: str, *, today: date, basis: Basis = Basis.DELIVERED, channel: str = "") -> Document:
    """Everything that is known of a service from its events, month by month."""
    fresh = cases.freshness()
    lines = queries.service_lines(service_id, today=today, basis=basis, channel=channel)
    waiting = queries.waiting(service_id, channel=channel)
    return {
        "document": NAME,
        "version": VERSION,
        "service": code,
        "basis": basis.value,
        "channel": channel,
        "input": {
            "watermark": fresh.watermark,
            "generation": fresh.generation,
            "formula_version": fresh.formula_version,
            "made_at": fresh.made_at.isoformat() if fresh.made_at else None,
        },
        "lines": [_line(line) for line in lines],
        "waiting": None if waiting is None else _waiting(waiting),
        "peers": [] if channel or not lines else _peers(service_id, today),
    }


def _line(line: Line) -> Document:
    return {
        "indicator": line.code,
        "basis": line.basis.value,
        "kind": line.kind.value,
        "unit": line.unit,
        "months": [_spot(spot) for spot in line.spots],
        "turns": [
            {"since": _month(month), **_turn(turn)} for month, turn in zip(line.since, line.found.turns, strict=True)
        ],
        "p": _rounded(line.found.p),
        "silence": line.found.silence.value if line.found.silence else "",
    }


def _spot(spot: Spot) -> Document:
    return {
        "month": _month(spot.month),
        "value": _rounded(spot.value),
        "numerator": spot.hits,
        "n": spot.n,
        "cases": spot.cases,
        "open": spot.open,
        "is_over": spot.is_over,
        "is_settled": spot.is_settled,
    }


def _turn(turn: Turn) -> Document:
    return {name: _rounded(getattr(turn, name)) for name in ("before", "after", "change", "low", "high")}


def _waiting(waiting: queries.Waiting) -> Document:
    return {
        "since": _month(waiting.since),
        "until": waiting.until.isoformat(),
        "cases": waiting.cases,
        "delivered": waiting.delivered,
        "dropped": waiting.dropped,
        "open": waiting.open,
        "is_shown": waiting.is_shown,
        "curve": None if waiting.curve is None else _curve(waiting.curve),
    }


def _curve(curve: survival.Curve) -> Document:
    named = ("days", "at_risk", "ended", "waiting", "low", "high")
    steps = zip(*(getattr(curve, name) for name in named), strict=True)
    return {
        "median": _quantile(curve.median),
        "nine_of_ten": _quantile(curve.ninth_tenth),
        "steps": [dict(zip(named, map(_rounded, step), strict=True)) for step in steps],
    }


def _quantile(quantile: survival.Quantile) -> Document:
    return {"days": quantile.days, "low": quantile.low, "high": quantile.high}


def _peers(service_id: int, today: date) -> list[Document]:
    """Where the service itself lies among those of its kind; of the others only how many there are."""
    alike = queries.like(service_id)
    if len(alike) < peers.FEWEST_PEERS:
        return []
    until = queries.months_before(today.year * 100 + today.month, 1)
    since = queries.months_before(until, PEER_MONTHS - 1)
    found = []
    for code in queries.FUNNELS:
        funnel = queries.funnel(code, alike, since=since, until=until)
        placed = next((one for one in funnel.peers if one.key == service_id), None) if funnel else None
        if funnel is None or placed is None:
            continue
        found.append(
            {
                "indicator": code,
                "since": _month(since),
                "until": _month(until),
                "services": len(funnel.peers),
                "target": _rounded(funnel.target),
                "phi": _rounded(funnel.phi),
                "share": _rounded(placed.share),
                "low": _rounded(placed.low),
                "high": _rounded(placed.high),
                "n": placed.n,
                "place": placed.place.value,
                "limits": [
                    _rounded(getattr(placed.limits, name))
                    for name in ("outer_low", "inner_low", "inner_high", "outer_high")
                ],
                "first_place": placed.first_place,
                "last_place": placed.last_place,
            }
        )
    return found


def _month(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"


def _rounded(number: float | None) -> float | int | None:
    if number is None or isinstance(number, int):
        return number
    return round(float(number), 6)
