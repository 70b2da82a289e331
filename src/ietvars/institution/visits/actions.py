"""Adds page views to their counts."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from ietvars.ground.audit.rules import Author
from ietvars.institution.visits.models import PageViews
from ietvars.institution.visits.rules import View


def add(*, views: Mapping[View, int], by: Author, now: datetime) -> None:
    """Add what was counted since the last time: one statement a row, the same on both databases.

    Rows are taken in their order, so that two workers never wait for each other in a circle. Counting is no decision of
    anybody, so there is no audit row; `by` and `now` are those of whoever counted.
    """
    table = connection.ops.quote_name(PageViews._meta.db_table)  # noqa: SLF001 - its name is public
    statement = (
        f"INSERT INTO {table} (day, page, device, country, n) VALUES (%s, %s, %s, %s, %s) "  # noqa: S608 - our own table
        f"ON CONFLICT (day, page, device, country) DO UPDATE SET n = {table}.n + excluded.n"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for view, n in sorted(views.items()):
            cursor.execute(statement, [view.day, view.page, view.device.value, view.country, n])
