"""Adds audit rows. Called by every other action, inside that action's transaction."""

from datetime import datetime
from typing import Any

from ietvars.ground.audit.models import Entry
from ietvars.ground.audit.rules import Author


def record(
    *,
    by: Author,
    now: datetime,
    action: str,
    subject: tuple[str, str],
    why: str = "",
    before: Any = None,
    after: Any = None,
) -> Entry:
    """Write one audit row. `subject` is (kind, key), e.g. ("service", "berna-kopsanas-pabalsts")."""
    kind, key = subject
    return Entry.objects.create(
        at=now,
        username=by.username,
        role=by.role,
        body_code=by.body_code,
        action=action,
        subject_kind=kind,
        subject_key=key,
        why=why,
        before=before,
        after=after,
    )
