"""Aggregates worked out the slow, obvious way: one service after the other, in fractions, with nothing clever."""

from collections.abc import Mapping
from fractions import Fraction

from ietvars.institution.indicators.facts import Figure
from ietvars.institution.measurements.values import State


def fraction(number: object) -> Fraction:
    return Fraction(str(number))


def pooled(figures: Mapping[int, Figure]) -> tuple[Fraction, Fraction] | None:
    """Numerator and denominator over the services that measured both."""
    top = bottom = Fraction(0)
    found = False
    for figure in figures.values():
        if figure.state is State.MEASURED:
            top += fraction(figure.numerator)
            bottom += fraction(figure.denominator)
            found = True
    return (top, bottom) if found else None


def pooled_over_population(figures: Mapping[int, Figure]) -> tuple[Fraction, Fraction] | None:
    """The same, with the denominators of those whose numerator is missing."""
    plain = pooled(figures)
    if plain is None:
        return None
    top, bottom = plain
    for figure in figures.values():
        if figure.state is State.MISSING and figure.numerator is None and figure.denominator is not None:
            bottom += fraction(figure.denominator)
    return top, bottom


def values(figures: Mapping[int, Figure]) -> list[Fraction]:
    """The measured values, smallest first."""
    return sorted(fraction(figure.value) for figure in figures.values() if figure.state is State.MEASURED)


def median(figures: Mapping[int, Figure]) -> Fraction | None:
    """The one in the middle, or halfway between the two there."""
    found = values(figures)
    if not found:
        return None
    middle = len(found) // 2
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2
