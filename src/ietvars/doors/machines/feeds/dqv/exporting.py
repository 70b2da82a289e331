"""Gives the figures of periods as dqv:QualityMeasurement, computed on services.

A figure that is not known has no value, and says by its state why: missing is never zero. Shares stand as their
numerator and denominator too, since without these nobody can add them up.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting import addresses
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Addresses, texts
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, Said
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators.definitions import Indicator

DQV, QB = "http://www.w3.org/ns/dqv#", "http://purl.org/linked-data/cube#"


def _word(space: str, name: str, kind: v.Kind) -> v.Property:
    return v.Property(f"<{space}{name}>", kind, name, whole=f"{space}{name}")


COMPUTED_ON = _word(DQV, "computedOn", v.Kind.LINK)
MEASUREMENT_OF = _word(DQV, "isMeasurementOf", v.Kind.LINK)
VALUE = _word(DQV, "value", v.Kind.PLAIN)
IN_DIMENSION = _word(DQV, "inDimension", v.Kind.LINK)
EXPECTED_TYPE = _word(DQV, "expectedDataType", v.Kind.LINK)
DEFINITION = v.Property("skos:definition", v.Kind.TEXT)
TEMPORAL = v.Property("dct:temporal", v.Kind.LINK)
START = v.Property("dcat:startDate", v.Kind.DATE)
END = v.Property("dcat:endDate", v.Kind.DATE)
METRIC, MEASUREMENT, DIMENSION = f"<{DQV}Metric>", f"<{DQV}QualityMeasurement>", f"<{DQV}Dimension>"
OBSERVATION, PERIOD = f"<{QB}Observation>", "dct:PeriodOfTime"


def nodes(codes: Iterable[str]) -> Iterator[Node]:
    """The definitions, the periods, and every figure of the periods. Raises what periods refuse."""
    where = addresses()
    known = indicators.indicators()
    wanted = [periods.parse(code) for code in codes]
    for each in known.values():
        yield _metric(each, where)
    for register in sorted({each.register for each in known.values()}):
        yield f"{where.base}id/indicator/{register}", (DIMENSION, "skos:Concept"), [(v.NOTATION, register, "")]
    for period in wanted:
        yield _period_place(period, where), (PERIOD,), [
            (v.IDENTIFIER, period.code, ""),
            (START, period.start.isoformat(), "^^xsd:date"),
            (END, period.end.isoformat(), "^^xsd:date"),
        ]  # fmt: skip
        kept = indicators.kept(period.code)
        names = {
            pk: str(row["code"]) for pk, row in indicators.named_services({one.service_id for one in kept}).items()
        }
        for one in kept:
            yield _measurement(one, known, names, period, where)


def size(codes: Iterable[str]) -> int:
    """How many figures that gives."""
    return sum(indicators.figures(periods.parse(code).code).count() for code in codes)


def _metric_place(one: Indicator, where: Addresses) -> str:
    return f"{where.base}id/indicator/{one.register}/{one.code}/{one.version}"


def _period_place(one: periods.Period, where: Addresses) -> str:
    return f"{where.base}id/period/{one.code}"


def _metric(one: Indicator, where: Addresses) -> Node:
    said: list[Said] = [
        (v.IDENTIFIER, one.mark, ""),
        *texts(v.LABEL, one.name),
        *texts(DEFINITION, one.purpose),
        (EXPECTED_TYPE, v.iri("xsd:decimal"), None),
        (IN_DIMENSION, f"{where.base}id/indicator/{one.register}", None),
        (v.UNIT, one.unit, ""),
        (v.DIRECTION, one.direction.value, ""),
        (v.SINCE, one.valid_from.isoformat(), "^^xsd:date"),
    ]
    return _metric_place(one, where), (METRIC,), said


def _measurement(
    kept: indicators.Kept,
    known: Mapping[int, Indicator],
    names: Mapping[int, str],
    period: periods.Period,
    where: Addresses,
) -> Node:
    figure, definition = kept.figure, known[kept.definition_id]
    slices = "".join(f"-{part}" for part in (figure.stage, figure.channel) if part)
    service = where.service(names[kept.service_id])
    said: list[Said] = [
        (COMPUTED_ON, service, None),
        (MEASUREMENT_OF, _metric_place(definition, where), None),
        (TEMPORAL, _period_place(period, where), None),
        (v.VALUE_STATE, figure.state.value, ""),
    ]
    for name, value in ((VALUE, figure.value), (v.NUMERATOR, figure.numerator), (v.DENOMINATOR, figure.denominator)):
        if value is not None:
            said.append((name, _decimal(value), "^^xsd:decimal"))
    for name, count in (
        (v.OBSERVATIONS, figure.n),
        (v.PARTS_MEASURED, figure.measured),
        (v.PARTS_EXPECTED, figure.expected),
    ):
        if count is not None:
            said.append((name, str(count), "^^xsd:integer"))
    if figure.stage:
        said.append((v.STAGE, where.term("stages", figure.stage), None))
    if figure.channel:
        said.append((v.OVER_CHANNEL, where.term("channels", figure.channel), None))
    if figure.is_illustrative:
        said.append((v.ILLUSTRATIVE, "value", ""))
    place = f"{service}#figure-{definition.code}-v{definition.version}-{period.code}{slices}"
    return place, (MEASUREMENT, OBSERVATION), said


def _decimal(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
