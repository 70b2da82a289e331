"""Under what licence data are given out. Whoever names it takes it from here; the licence of the program is another."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ietvars.doors.furniture.marks import Link, Words


@dataclass(frozen=True)
class Licence:
    """A licence: its name, its address, and what it asks of whoever takes the data."""

    name: str
    address: str
    asks: Words

    @property
    def link(self) -> Link:
        """The name, leading to the licence."""
        return Link(self.name, self.address)


OPEN_DATA = Licence("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", _("Name the source."))
