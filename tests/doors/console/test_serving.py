"""The commands prepare, sample, run and tick, as other programs call them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from ietvars.doors.console import sample, serving, telling
from ietvars.ground.audit import queries as audit
from ietvars.ground.deployment import queries as installation
from ietvars.ground.terms import queries as terms

IETVARS = [sys.executable, "-c", "from ietvars.doors.console.main import main; main()"]


def _environment(place: Path, **more: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IETVARS_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "ietvars.settings",
        "IETVARS_VAR": str(place),
        "DATABASE_URL": f"sqlite:///{place / 'db.sqlite3'}",
        **more,
    }


def _ietvars(place: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*IETVARS, *arguments],
        env=_environment(place, **more),
        cwd=place,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


# In this process


@pytest.mark.django_db
def test_reference_data_are_loaded_once_and_again_when_a_file_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    serving._load_reference()
    assert "online" in terms.labels("channels")["channels"]
    first = installation.current().reference_hash

    serving._load_reference()
    assert audit.of("deployment", "1").count() == 1

    monkeypatch.setattr(serving, "REFERENCE", serving.REFERENCE[:1])
    serving._load_reference()
    assert installation.current().reference_hash != first
    assert audit.of("deployment", "1").count() == 2


@pytest.mark.django_db
def test_computing_without_any_measurement_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    serving.compute()
    assert capsys.readouterr().out == ""


def test_every_folder_of_reference_data_holds_some() -> None:
    assert all(list(folder.glob("*.toml")) for folder in serving.REFERENCE)


def test_progress_tells_each_finished_step_in_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with telling.progress() as step:
        for done in range(4):
            step("bodies", done, 3)
    assert capsys.readouterr() == ("", "  bodies: 3\n")


def _refused(monkeypatch: pytest.MonkeyPatch, port: str) -> int:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit) as leaving:
        serving._port()
    return int(leaving.value.code or 0)


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    assert _refused(monkeypatch, port) == 2
    assert capsys.readouterr().err == f"PORT is “{port}”; it must be a number from 1 to 65535.\n"


def test_a_port_that_is_taken_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert _refused(monkeypatch, port) == 2
    assert capsys.readouterr().err.startswith(f"Port {port} is taken by another program.")


def _folder(place: Path, body: str) -> str:
    folder = place / "state"
    folder.mkdir()
    (folder / "bodies.toml").write_text(f'[[body]]\ncode = "a"\nkind = "agency"\n{body}\n', encoding="utf-8")
    return str(folder)


@pytest.mark.django_db
def test_a_folder_with_faults_is_listed_and_nothing_is_loaded(tmp_path: Path) -> None:
    run = CliRunner().invoke(sample.sample_command, [_folder(tmp_path, 'naem = "A"')])

    assert (run.exit_code, run.stdout) == (2, "")
    assert "bodies.toml, body 1 “a”: “name” must be a text in languages" in run.stderr
    assert run.stderr.endswith("Faults: 1; nothing was loaded.\n")
    assert installation.is_empty()


@pytest.mark.django_db
def test_a_folder_is_loaded_only_into_an_empty_database(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 'name = { lv = "A" }')
    first, second = (CliRunner().invoke(sample.sample_command, [folder]) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 2)
    assert first.stderr.endswith("The sample state is loaded.\n")
    assert "can only be loaded into an empty database" in second.stderr


# As a program


def test_an_empty_database_is_prepared_and_the_second_time_nothing_is_said(tmp_path: Path) -> None:
    first, second = _ietvars(tmp_path, "prepare"), _ietvars(tmp_path, "prepare")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert first.stderr.splitlines()[0] == "Making the tables of the database."
    assert second.stderr == "The database is up to date.\n"
    assert (first.stdout, second.stdout) == ("", "")


def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(tmp_path: Path) -> None:
    run = _ietvars(tmp_path, "prepare", DATABASE_URL=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")
    assert run.returncode == 2
    assert run.stderr.startswith("The database cannot be opened")
    assert run.stderr.count("\n") == 1


@contextmanager
def _running(place: Path, *, ending: signal.Signals = signal.SIGTERM, **more: str) -> Iterator[tuple[str, str]]:
    """`ietvars run` on a free port: its address, and what it said until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = place / "said.txt"
    with said.open("w") as stderr:
        program = subprocess.Popen(
            [*IETVARS, "run"], env=_environment(place, PORT=str(port), **more), cwd=place, stderr=stderr
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        for _ in range(600):
            time.sleep(0.1)
            if program.poll() is not None or _status(address):
                break
        yield address, said.read_text(encoding="utf-8")
    finally:
        program.send_signal(ending)
        program.wait(timeout=30)


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code
    except OSError:
        return 0


def test_run_serves_pages_at_the_address_it_says_and_leaves_the_database_empty_when_told(tmp_path: Path) -> None:
    with _running(tmp_path, IETVARS_SAMPLE="0") as (address, said):
        assert re.findall(r"http://\S+", said) == [address.rstrip("/")], said
        assert _status(address) == 200
        assert "sample state" not in said


def test_a_worker_does_the_work_that_waits(tmp_path: Path) -> None:
    run = _ietvars(tmp_path, "worker", "--once")
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.endswith("Done: 0.\n")


def test_work_asked_for_in_one_process_is_done_by_another_and_leaves_its_report(tmp_path: Path) -> None:
    assert _ietvars(tmp_path, "prepare").returncode == 0
    asked = _python(
        tmp_path,
        "from ietvars.doors import urls; from ietvars.ground.jobs import actions; from django.utils import timezone;"
        "from ietvars.ground.people.rules import SYSTEM;"
        "actions.enqueue(kind='validate-cpsv-ap', arguments={}, by=SYSTEM, now=timezone.now())",
    )
    assert asked.returncode == 0, asked.stderr
    done = _ietvars(tmp_path, "worker", "--once")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "Done: 1.")
    told = _python(
        tmp_path,
        "from ietvars.ground.jobs import queries; job = queries.newest('validate-cpsv-ap');"
        "print(job.state, job.done, job.of, job.report['conforms'], job.report['services'])",
    )
    assert told.stdout == "done 100 100 True 0\n", told.stderr


def _python(place: Path, text: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"import django; django.setup(); {text}"]
    return subprocess.run(
        command, env=_environment(place), cwd=place, capture_output=True, text=True, timeout=240, check=False
    )


def _workers(place: Path) -> list[int]:
    """Numbers of the processes that work for the installation in `place`: keeper and worker."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if str(place).encode() in environment and (b"keeping" in command or b"worker" in command.split(b"\0")):
            found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes as Linux lists them")
@pytest.mark.parametrize("ask", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_stands_beside_the_server_is_started_anew_and_ends_with_it(
    tmp_path: Path, ask: signal.Signals
) -> None:
    with _running(tmp_path, IETVARS_SAMPLE="0", ending=ask):
        assert _until(lambda: len(_workers(tmp_path)) == 2)
        if ask == signal.SIGTERM:
            before = max(_workers(tmp_path))
            os.kill(before, signal.SIGKILL)
            assert _until(lambda: len(_workers(tmp_path)) == 2 and before not in _workers(tmp_path))
    assert _until(lambda: not _workers(tmp_path))


def _until(holds: Callable[[], bool]) -> bool:
    for _ in range(300):
        if holds():
            return True
        time.sleep(0.1)
    return False
