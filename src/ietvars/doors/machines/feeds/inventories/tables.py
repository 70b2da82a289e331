"""Finds out which table of the mapping a file is: by its columns, in any order, whatever its delimiter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ietvars.doors.machines.feeds.inventories import errors, files, mapping


@dataclass(frozen=True, slots=True)
class Match:
    """A file with the table that it is and the delimiter with which it is read."""

    path: Path
    table: mapping.Table
    delimiter: str

    @contextmanager
    def opened(self, tell: files.Tell | None = None) -> Iterator[files.Rows]:
        """The rows of the file."""
        with files.opened(self.path, self.table.form, self.delimiter, tell) as rows:
            yield rows


@dataclass(frozen=True, slots=True)
class _Try:
    table: mapping.Table
    delimiter: str
    missing: tuple[str, ...]
    present: int


def match(path: Path, tables: Sequence[mapping.Table]) -> Match:
    """The table whose wanted columns the file has; of several the one that uses most of them.

    Raises NoTableFits with the nearest table, SeveralTablesFit, or what is wrong with the file itself.
    """
    tries: list[_Try] = []
    trouble: errors.CannotImport | None = None
    for form in dict.fromkeys(table.form for table in tables):
        for delimiter in form.delimiters:
            try:
                with files.opened(path, form, delimiter) as rows:
                    header = rows.header
            except errors.CannotImport as fault:
                trouble = trouble or fault
                continue
            tries += [_attempt(table, delimiter, header) for table in tables if table.form == form]
    if not tries:
        assert trouble is not None
        raise trouble
    best = max(tries, key=lambda each: (not each.missing, each.present))
    if best.missing:
        nearest = max(tries, key=lambda each: (each.present, -len(each.missing)))
        raise errors.NoTableFits(
            file=path.name, table=nearest.table.name, columns=", ".join(f"“{name}”" for name in nearest.missing[:12])
        )
    rivals = {each.table.name for each in tries if not each.missing and each.present == best.present}
    if len(rivals) > 1:
        raise errors.SeveralTablesFit(file=path.name, tables=", ".join(sorted(rivals)))
    return Match(path, best.table, best.delimiter)


def _attempt(table: mapping.Table, delimiter: str, header: Sequence[str]) -> _Try:
    return _Try(table, delimiter, tuple(table.missing(header)), len(table.columns() & set(header)))


def require_unambiguous(name: str, table: mapping.Table, header: Sequence[str]) -> None:
    """Refuse a header that has a column of the table twice."""
    seen: set[str] = set()
    columns = table.columns()
    for column in header:
        if column in seen and column in columns:
            raise errors.ColumnTwice(file=name, column=column)
        seen.add(column)
