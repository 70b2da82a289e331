"""The clock comes in by the door: what doors call today and now. The domain never asks.

The sample state has a day of its own, so that its overdue things stay overdue and its planted findings stay planted.
"""

from datetime import date, datetime

from django.utils import timezone

from ietvars.ground.deployment import queries as deployment


def today() -> date:
    """The day of this deployment: the sample state's own, else the real one in the state's time zone."""
    return deployment.as_of() or timezone.localdate()


def now() -> datetime:
    """The moment at which something is written; always the real one."""
    return timezone.now()
