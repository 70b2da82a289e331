"""Repeats what visitors of a state folder said, by the same action that takes it at the foot of a page.

`feedback.toml` says on which page, when and what. All of it is invented and marked so: real people said none of it.
Nobody left an address, so that no letter can ever go out; it must not answer anything.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.state import acting, errors
from ietvars.doors.machines.feeds.state.entries import Place
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor
from ietvars.institution.feedback import actions, rules
from ietvars.institution.services import queries as services

KEYS = frozenset({"on", "service", "page", "part", "rating", "ratings", "found", "comment", "language", "closed"})


def hear(*, folder: Path, by: Actor) -> None:
    """Take all feedback of a folder; a folder without the file has none. Raises NotTaken with what was refused.

    An entry with `ratings` is so many pieces without words, one a day, the last on its day.
    """
    told = folder / "feedback.toml"
    for number, entry in enumerate(acting.entries(told, "feedback"), start=1):
        place = Place(told.name, f"feedback {number} “{entry.get('service', entry.get('page', ''))}”")
        try:
            _one(entry, number, by)
        except Refusal as refusal:
            raise errors.NotTaken(place=place, why=str(refusal)) from refusal
        except (KeyError, ValueError) as wrong:
            raise errors.NotTaken(place=place, why=f"{wrong} is missing or unknown.") from wrong


def _one(entry: Mapping[str, Any], number: int, by: Actor) -> None:
    if unknown := entry.keys() - KEYS:
        raise ValueError(", ".join(sorted(unknown)))
    code = entry.get("service", "")
    if code and services.by_code(code) is None:
        raise ValueError(code)
    ratings = entry["ratings"] if "ratings" in entry else [entry["rating"]]
    for days, rating in enumerate(reversed(ratings)):
        now = acting.noon(entry["on"] - timedelta(days=days))
        said = rules.Said(
            page=f"/pakalpojumi/{code}/" if code else entry["page"],
            rating=rating,
            found=entry.get("found", ""),
            comment=entry.get("comment", ""),
            part=entry.get("part", ""),
            language=entry.get("language", "lv"),
            service=code,
        )
        # Each is another visitor, or the tenth of a day would be a flood.
        sender = f"sample {number}.{days}"
        made = actions.leave(said=said, sender=sender, by=rules.VISITOR, now=now, is_illustrative=True)
        if "closed" in entry:
            actions.close(feedback=made, why=entry["closed"], by=by, now=now + timedelta(days=2))
