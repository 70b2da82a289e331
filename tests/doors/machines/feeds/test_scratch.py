"""Folders for readers go with them, and those of readers that were killed go with the next one."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ietvars.doors.machines.feeds import scratch
from ietvars.doors.machines.feeds.eventlogs.sources import Source

HOLDING = """
import sys
from ietvars.doors.machines.feeds import scratch
with scratch.folder() as made:
    (made / "half").write_bytes(b"x" * 1000)
    print(made, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of this test alone."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def another() -> tuple[subprocess.Popen[str], Path]:
    """Another reader in the middle of its work, and its folder."""
    reader = subprocess.Popen([sys.executable, "-c", HOLDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    return reader, Path(reader.stdout.readline().strip())


def test_a_folder_is_empty_and_goes_with_its_reader_also_when_it_fails(temporary: Path) -> None:
    def fail() -> None:
        with scratch.folder() as made:
            assert list(made.iterdir()) == []
            (made / "file").touch()
            raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        fail()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_reader_left_is_swept_by_the_next_and_what_a_living_one_holds_is_not(temporary: Path) -> None:
    (killed, left), (living, kept) = another(), another()
    killed.kill()
    killed.communicate()
    assert left.is_dir()
    with scratch.folder() as made:
        assert not left.exists()
        assert (kept / "half").stat().st_size == 1000
        assert {*temporary.iterdir()} == {made, kept}
    living.communicate("")
    assert list(temporary.iterdir()) == []


def test_folders_within_one_process_leave_each_other_alone() -> None:
    with scratch.folder() as one, scratch.folder() as other:
        assert one != other
        assert one.is_dir()


def test_what_only_bears_the_name_is_not_followed(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "dear").touch()
    (temporary / f"{scratch.PREFIX}link").symlink_to(elsewhere)
    (temporary / f"{scratch.PREFIX}file").touch()
    with scratch.folder():
        pass
    assert (elsewhere / "dear").exists()
    assert (temporary / f"{scratch.PREFIX}file").exists()


def test_a_log_has_a_name_packed_or_not(temporary: Path) -> None:
    plain, packed = temporary / "log.csv", temporary / "log.csv.gz"
    plain.write_bytes(b"case,activity\n" * 1000)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with scratch.folder() as made:
        for path in (plain, packed):
            with Source(path) as source:
                assert source.under_a_name(made).read_bytes() == plain.read_bytes()
