"""What a part is called and where it lies, which small ones are merged, what can be wrong with one. Never Django."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from ietvars.ground.errors import sentence

KEPT_FOR_READERS = timedelta(minutes=10)
"""So long a file stays that no longer counts: whoever opened the generation before may read to its end."""

KEPT_UNNAMED = timedelta(hours=24)
"""So long a file that no manifest has ever named may wait for its manifest; then it is a leftover of a broken run."""

WRITING = ".writing"
"""How the temporary name of a file ends while it is written."""

SCRATCH = ".scratch"
"""Folder in the lake where engines put what does not fit into memory."""

MERGED_AT = 8
"""So many parts of like size in one partition are laid together into one."""

LIKE_SIZE = 4
"""Parts are of like size when the largest has at most so many times the rows of the smallest, or both are small."""

SMALL = 20_000
"""Rows below which a part is small whatever stands beside it."""

Kind = TypeVar("Kind", bound="Sized")

_PART = re.compile(r"\.?part-\d+-\d+(-g\d+)?\.parquet(\.\d+\.writing)?")
_DATASET = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True)
class NewPart:
    """A file that lies whole under its final name, `path` relative to the lake, and is to be named by the manifest."""

    cohort: int
    bucket: int
    path: str
    rows: int
    bytes: int
    sha256: str
    first_seq: int
    last_seq: int


@dataclass(frozen=True)
class Part:
    """A file of the manifest: `generation` is that in which it came, `until` that from which it counts no more."""

    pk: int
    dataset: str
    cohort: int
    bucket: int
    path: str
    rows: int
    bytes: int
    sha256: str
    first_seq: int
    last_seq: int
    generation: int
    until: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """Where a data set stands: its generation, up to which seq it knows the inbox, and what its maker noted."""

    dataset: str
    generation: int
    watermark: int
    made_at: str
    facts: dict[str, object]


@dataclass(frozen=True)
class Fault:
    """Something wrong with a file of the lake. `sentence` is English, translated by doors with `facts`."""

    code: str
    path: str
    facts: dict[str, object]

    @property
    def message(self) -> str:
        """The message id of the sentence for people."""
        return FAULTS[self.code]

    @property
    def sentence(self) -> str:
        """The English sentence with its facts."""
        return self.message % {"path": self.path, **self.facts}


FAULTS = {
    "missing": sentence(
        "The file %(path)s is named by the manifest and is not there. Restore it from a backup (ietvars restore)."
    ),
    "size": sentence(
        "The file %(path)s has %(found)s bytes and should have %(wanted)s: it was cut off or changed. Restore it from a"
        " backup."
    ),
    "footer": sentence(
        "The file %(path)s does not end as a Parquet file does: it is damaged. Restore it from a backup."
    ),
    "hash": sentence(
        "The file %(path)s was changed after it was written (its hash differs). Restore it from a backup."
    ),
    "unreadable": sentence("The file %(path)s cannot be read to its end (%(why)s). Restore it from a backup."),
    "rows": sentence("The file %(path)s holds %(found)s rows and should hold %(wanted)s. Restore it from a backup."),
    "unknown": sentence(
        "The file %(path)s lies in the lake and no manifest names it. It counts nowhere; it is removed after a day, or"
        " is somebody else's and should lie elsewhere."
    ),
}
"""Code of a fault to its sentence."""


class Sized(Protocol):
    """What is asked of a part to see whether it is merged."""

    @property
    def rows(self) -> int:
        """How many rows it holds."""


def is_dataset(name: str) -> bool:
    """Whether a data set may be called so: it becomes the name of a folder."""
    return bool(_DATASET.fullmatch(name))


def partition(dataset: str, cohort: int, bucket: int) -> str:
    """The folder of a partition, relative to the lake."""
    return f"{dataset}/cohort={cohort:06d}/bucket={bucket}"


def part_name(first_seq: int, last_seq: int, generation: int | None = None) -> str:
    """The name of a part of facts. The same range makes the same name, so that a broken run repeated overwrites itself.

    With `generation` it is a part written anew, which must not take the name of one that readers still hold.
    """
    anew = "" if generation is None else f"-g{generation}"
    return f"part-{first_seq}-{last_seq}{anew}.parquet"


def is_part(name: str) -> bool:
    """Whether a file is called like a part, finished or still being written."""
    return bool(_PART.fullmatch(name))


def to_merge(parts: Sequence[Kind]) -> list[Kind]:
    """The parts of one partition to lay into one: at least MERGED_AT of like size, smallest first; else none.

    Merging only like with like writes a row about log(size) times, not once for each batch that arrives.
    """
    tier: list[Kind] = []
    for part in sorted(parts, key=lambda one: one.rows):
        if tier and part.rows > max(SMALL, LIKE_SIZE * tier[0].rows):
            if len(tier) >= MERGED_AT:
                break
            tier = []
        tier.append(part)
    return tier if len(tier) >= MERGED_AT else []


def cohort_before(cohort: int, months: int) -> int:
    """The cohort (yyyymm) so many months earlier."""
    number = cohort // 100 * 12 + cohort % 100 - 1 - months
    return number // 12 * 100 + number % 12 + 1


def total_rows(parts: Iterable[Sized]) -> int:
    """Rows of all parts together."""
    return sum(part.rows for part in parts)
