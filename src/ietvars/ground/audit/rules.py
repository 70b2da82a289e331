"""What an author of an action must be able to say of himself. Pure."""

from typing import Protocol


class Author(Protocol):
    """Somebody who acts: a person in a capacity for a body, or the system itself."""

    @property
    def username(self) -> str:
        """Stable name of the person, `system` for the system."""

    @property
    def role(self) -> str:
        """Capacity in which the person acts."""

    @property
    def body_code(self) -> str:
        """Code of the body the person acts for, empty where there is none."""
