"""Pure decisions about the installation. Never imports Django."""

from ietvars.ground.audit.rules import Author
from ietvars.ground.deployment import errors

KEEPERS = ("administrator", "system")
"""Roles that may say what an installation is."""


def require_keeper(author: Author) -> None:
    """Refuse everybody but administrators and the system."""
    if author.role not in KEEPERS:
        raise errors.NotForYou


def require_empty(*, is_empty: bool) -> None:
    """Refuse to call a database a sample that already holds something: real data would become enterable."""
    if not is_empty:
        raise errors.NotEmpty
