"""A cluster of the tests' own: it answers while it is wanted, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import postgres


@pytest.mark.skipif(postgres.programs() is None, reason=f"no PostgreSQL: {postgres.HOW_TO_GET}")
def test_a_private_cluster_answers_on_loopback_and_is_gone_afterwards() -> None:
    folder = postgres.programs()
    assert folder
    with postgres.private_cluster(folder) as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT current_setting('listen_addresses'), inet_server_addr()").fetchone()
            data = connection.execute("SHOW data_directory").fetchone()
        assert row
        assert (row[0], str(row[1])) == ("127.0.0.1", "127.0.0.1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
    assert data
    assert not Path(data[0]).exists()
