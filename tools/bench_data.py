"""What the benches of deliveries share: generated facts that are kept, how a ratio is printed, and an own process.

Facts lie under .bench/ (or BENCH_FOLDER) by size and are made once; a run that was broken off goes on. It must not
measure anything itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.simulated import making, nation, parquet
from ietvars.institution.cases.dimensions import Dimensions
from ietvars.institution.deliveries import facts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("BENCH_FOLDER") or ROOT / ".bench")
SEED, UNTIL, MONTHS = 2026, date(2026, 10, 31), 24
SERVICES, BODIES, VERSION = 3200, 180, parquet.VERSION
ELECTRONIC = tuple(number for number, code in enumerate(facts.CHANNELS) if code in nation.ELECTRONIC)


@dataclass(frozen=True)
class Line:
    """One measured thing. `ratio` is what the goal is about; `kept` is None where nothing was promised."""

    part: str
    what: str
    ratio: float | None
    goal: str = ""
    kept: bool | None = None
    more: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass
class Sheet:
    """Lines as they come: printed at once, kept as JSON beside the data after each part."""

    size: int
    lines: list[Line] = field(default_factory=list)

    def head(self, text: str) -> None:
        """A line of words above the figures that follow."""
        print(f"\n{text}", flush=True)

    def at_most(self, part: str, what: str, ratio: float, limit: float, more: str = "", **figures: Any) -> None:
        """A ratio that should not be larger than `limit`."""
        self._add(Line(part, what, ratio, f"at most {limit:.4g}", ratio <= limit, more, figures))

    def at_least(self, part: str, what: str, ratio: float, limit: float, more: str = "", **figures: Any) -> None:
        """A ratio that should not be smaller than `limit`."""
        self._add(Line(part, what, ratio, f"at least {limit:.4g}", ratio >= limit, more, figures))

    def equal(self, part: str, what: str, is_equal: bool, more: str = "", **figures: Any) -> None:  # noqa: FBT001
        """Two results that must be the same."""
        self._add(Line(part, what, None, "equal", is_equal, more, figures))

    def figure(self, part: str, what: str, more: str, **figures: Any) -> None:
        """Something measured of which nothing was promised."""
        self._add(Line(part, what, None, "", None, more, figures))

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        kept = "" if line.kept is None else "kept" if line.kept else "NOT REACHED"
        ratio = "" if line.ratio is None else f"{line.ratio:9.3f}"
        print(f"  {line.what:52} {ratio:>9}  {line.goal:16} {kept:11} {line.more}".rstrip(), flush=True)

    def keep(self) -> Path:
        """Write all lines beside the data; lines of earlier runs of other parts stay."""
        path = FOLDER / f"results-{self.size}.json"
        known = json.loads(path.read_text()) if path.is_file() else []
        parts = {line.part for line in self.lines}
        kept = [each for each in known if each["part"] not in parts] + [asdict(line) for line in self.lines]
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
        return path

    @property
    def all_kept(self) -> bool:
        """Whether nothing that was promised is missed."""
        return all(line.kept is not False for line in self.lines)


def state() -> nation.Nation:
    """The invented state of the benches."""
    return nation.invented(SEED, services=SERVICES, bodies=BODIES)


def made_for(size: int) -> making.Plan:
    """The simulation of about so many events."""
    plan = making.Plan(state(), seed=SEED, cases=1, until=UNTIL, months=MONTHS)
    return making.Plan(state(), seed=SEED, cases=making.cases_for(plan, size), until=UNTIL, months=MONTHS)


def facts_of(size: int) -> Path:
    """The folder with about `size` events, made now where it is not there; it says so."""
    folder = FOLDER / f"facts-{size}-{SERVICES}-v{parquet.VERSION}"
    about = folder / parquet.ABOUT
    if not about.is_file() or len(json.loads(about.read_text()).get("done", {})) < MONTHS:
        print(f"Making {size:,} events once, in {folder} ...", file=sys.stderr, flush=True)
    parquet.write(made_for(size), folder)
    return folder


def about(folder: Path) -> dict[str, Any]:
    """Rows, cases and the rest of a folder of facts."""
    found: dict[str, Any] = json.loads((folder / parquet.ABOUT).read_text())
    return found


def known() -> Dimensions:
    """Terms and channels of the invented state."""
    terms = tuple(
        (each.number, version, 0 if each.is_immediate else each.term_days)
        for each in state().offerings
        for _, version in each.versions
        if each.term_days is not None
    )
    return Dimensions(terms=terms, electronic=ELECTRONIC)


def paths(folder: Path) -> list[str]:
    """All files of a folder of facts."""
    return [str(path) for path in sorted(folder.glob("cohort=*/bucket=*/*.parquet"))]


def apart(script: str, *words: str, env: dict[str, str] | None = None, python: str = sys.executable) -> dict[str, Any]:
    """Run a bench script in a process of its own; what it prints last is one JSON document."""
    command: Sequence[str] = [python, str(ROOT / "tools" / script), *words]
    done = subprocess.run(command, env=env or dict(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} {' '.join(words)} failed with {done.returncode}:\n{done.stderr[-3000:]}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def peak_mb() -> float:
    """Most memory that this process has had, in MB, as the kernel counts it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    return 0.0
