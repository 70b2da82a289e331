"""Works out what the five finders must find in the sample state, and writes the two planted documents.

By hand-made rules, not by the finders themselves.
"""

import csv
import io
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_figures import MEASURED, NOW
from sample_services import YEARS, Service
from sample_truth import Truth, Verdict


@dataclass(frozen=True)
class Finding:
    """What a finder must find."""

    finder: str
    key: str
    reason: str
    holder: str
    service: str = ""
    why: str = ""


def findings(truth: Truth, folder: Path) -> list[Finding]:
    """What the five finders must find in the later year, in their order."""
    given = [each for each in truth.found if each.exists(NOW)]
    planted = {each["service"]: each["code"] for each in truth.plan["planted"]}
    worse = {each.service for each in truth.verdicts if each.word == "worse"}
    made = [
        *_digitalise(truth, given, folder),
        *(
            Finding("unmeasured", each.code, "nothing-measured", each.holder, each.code, each.silence[NOW])
            for each in given
            if NOW in each.silence
        ),
        *(
            Finding("unused", each.code, "zero-twice", each.holder, each.code, planted[each.code])
            for each in given
            if [_cases(truth, each, year) for year in YEARS] == [0, 0]
        ),
        *(
            Finding("worse", each.code, "beyond-chance", each.holder, each.code, planted[each.code])
            for each in given
            if each.code in worse
        ),
        *_lists(folder),
    ]
    order = [each.finder for each in made]
    return sorted(made, key=lambda each: (order.index(each.finder), each.key))


def _cases(truth: Truth, service: Service, year: int) -> float | None:
    """All requests of a year, None where they are not known completely."""
    row = truth.row(service, year)
    found = row.sum(*row.named("requests"))
    return found.number if found.state == MEASURED and not found.gaps else None


def _digitalise(truth: Truth, given: Sequence[Service], folder: Path) -> Iterable[Finding]:
    path = folder / "criteria.toml"
    answers = tomllib.loads(path.read_text(encoding="utf-8"))["answer"] if path.is_file() else []
    affirmed = {each["service"] for each in answers if each["answer"]}
    cases = {each.code: _cases(truth, each, NOW) for each in given}
    of_holder: dict[str, list[float | None]] = defaultdict(list)
    for each in given:
        of_holder[each.holder].append(cases[each.code])
    for each in given:
        own, all_cases = cases[each.code], of_holder[each.holder]
        reasons = []
        if own is not None and own > 5000:
            reasons.append("many-cases")
        if own is not None and len(all_cases) > 1 and None not in all_cases:
            total = sum(number for number in all_cases if number is not None)
            if own * 10 > total:
                reasons.append("large-share")
        if each.code in affirmed:
            reasons.append("criterion")
        if reasons and not each.is_electronic:
            yield Finding("digitalise", each.code, "+".join(reasons), each.holder, each.code)


def _lists(folder: Path) -> Iterable[Finding]:
    told = tomllib.loads((folder / "planted-lists.toml").read_text(encoding="utf-8"))
    for each in told["difference"]:
        if each["list_state"] == "published":
            what = each.get("service") or each["title"]["lv"]
            key = f"{each['body']}/{each['year']}/{each['kind']}/{what}"
            yield Finding("list-disagrees", key, each["kind"], each["body"], each.get("service", ""))


# ---- files ----------------------------------------------------------------------------------------------------------


def planted(plan: Mapping[str, Any], found: Sequence[Service], folder: Path) -> dict[str, str]:
    """The two planted documents."""
    truth = Truth(plan, found)
    return {
        "planted-comparisons.csv": _comparisons(truth.verdicts),
        "planted-findings.toml": _findings(findings(truth, folder), plan),
    }


def _comparisons(verdicts: Sequence[Verdict]) -> str:
    """All verdicts but the ordinary *no clear change*, those of one sort in one row."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for each in verdicts:
        if each.word != "no_clear_change" or each.reason:
            groups[each.word, each.reason, *each.key, each.why].append(each.service)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("verdict", "reason", "indicator", "stage", "channel", "why", "services"))
    for group, services in sorted(groups.items(), key=_by_weight):
        writer.writerow((*group, " ".join(services)))
    return text.getvalue()


_ORDER = ("worse", "better", "changed", "no_clear_change", "not_comparable")


def _by_weight(item: tuple[tuple[str, ...], list[str]]) -> tuple[int, tuple[str, ...]]:
    return _ORDER.index(item[0][0]), item[0]


def _findings(found: Sequence[Finding], plan: Mapping[str, Any]) -> str:
    why: dict[str, dict[str, str]] = {each["code"]: each["why"] for each in (*plan["planted"], *plan["gap"])}
    lines = [
        "# What the finders must find in the figures of 2025, no more and no less.",
        "# Made by tools/sample_measurements.py from plan.toml, criteria.toml and planted-lists.toml.",
        f"period = {json.dumps(str(NOW))}",
        "",
        "[count]",
        *(f"{finder} = {number}" for finder, number in Counter(each.finder for each in found).items()),
    ]
    for each in found:
        lines += ["", "[[finding]]", f"finder = {json.dumps(each.finder)}", f"key = {_quoted(each.key)}"]
        lines += [f"reason = {json.dumps(each.reason)}", f"holder = {json.dumps(each.holder)}"]
        if each.service:
            lines.append(f"service = {json.dumps(each.service)}")
        if each.why in why:
            told = ", ".join(f"{language} = {_quoted(text)}" for language, text in why[each.why].items())
            lines.append(f"why = {{ {told} }}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
