"""What is doubtful in figures, and how to mend it: all rules together, and the one way to ask them. Pure, no Django.

A rule sees one service in one period with what it said before, what its description promises and by which channels it
is given. It corrects nothing and knows no inventory. The same rules speak while figures are typed, when a report is
submitted and over all figures of a period.
"""

from collections.abc import Mapping, Sequence

from ietvars.institution.rounds import doubtful, impossible
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.doubting import Facts, Finding, Promise, Rule, Severity
from ietvars.institution.rounds.typed import Figure

__all__ = ["BY_CODE", "RULES", "Facts", "Finding", "Promise", "Rule", "Severity", "look", "unexplained"]

RULES: tuple[type[Rule], ...] = (
    impossible.Unreadable,
    impossible.BelowZero,
    impossible.DecimalsInCount,
    impossible.NoReason,
    impossible.PartAboveWhole,
    impossible.TotalBelowPart,
    impossible.OffItsScale,
    impossible.MeanWithoutN,
    impossible.LongestBelowMiddle,
    impossible.StandardContradicts,
    doubtful.VolumeWithoutStandard,
    doubtful.StandardWithoutVolume,
    doubtful.SameFourPeriods,
    doubtful.ExtremeChange,
    doubtful.ZeroAfterMany,
    doubtful.OnlineWithoutChannel,
    doubtful.OfferedButNotApplicable,
    doubtful.PartsDiffer,
    doubtful.SameInEveryChannel,
    doubtful.FewAnswers,
    doubtful.AnswersAboveCases,
    doubtful.BulkClosed,
    doubtful.AllOnTime,
    doubtful.RoundNumbers,
    doubtful.NoVolume,
)
"""All rules, the gravest first."""

BY_CODE: Mapping[str, type[Rule]] = {rule.code: rule for rule in RULES}


def look(facts: Facts) -> tuple[Finding, ...]:
    """Everything that is doubtful in one service, the gravest first."""
    return tuple(Finding(rule, key, said) for rule in RULES for key, said in rule.hits(facts))


def unexplained(findings: Sequence[Finding], cells: Mapping[Key, Figure]) -> tuple[Finding, ...]:
    """The warnings beside which no reason stands."""
    return tuple(
        one for one in findings if one.severity is Severity.WARNING and not cells.get(one.key, _SILENT).note.strip()
    )


_SILENT = Figure()
