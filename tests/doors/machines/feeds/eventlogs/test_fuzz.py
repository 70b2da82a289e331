"""Bytes that nobody meant: every reader answers with events or with one sentence, never with a traceback.

The long run of the same is tools/fuzz_logs.py.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[5] / "tools"))
import fuzz_logs

SEEDS = fuzz_logs.seeds()


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_what_is_mended_from_is_whole(name: str, tmp_path: Path) -> None:
    assert fuzz_logs.look(SEEDS[name], tmp_path / name) > 0


@pytest.mark.parametrize("name", sorted(name for name in SEEDS if not name.endswith(".parquet")))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_changed_log_is_read_or_refused_by_a_sentence(name: str, seed: int, tmp_path: Path) -> None:
    fuzz_logs.look(fuzz_logs.changed(SEEDS[name], random.Random(seed)), tmp_path / name)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), name=st.sampled_from(sorted(SEEDS)))
def test_any_bytes_are_read_or_refused_by_a_sentence(content: bytes, name: str, tmp_path: Path) -> None:
    fuzz_logs.look(SEEDS[name][:20] + content, tmp_path / name)
    fuzz_logs.look(content, tmp_path / name)


@pytest.mark.parametrize("seed", range(4))
def test_changed_parquet_is_read_or_refused_by_a_sentence(seed: int, tmp_path: Path) -> None:
    content = fuzz_logs.changed(SEEDS["log.parquet"], random.Random(seed))
    fuzz_logs.look(content, tmp_path / "log.parquet")
