"""What people call the steps that events name: a title in each language, given by who answers for the service.

An event never changes a title, and a title never changes an event.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.people.rules import Actor
from ietvars.ground.terms.rules import LANGUAGES
from ietvars.institution.deliveries import errors, queries, rules
from ietvars.institution.deliveries.models import Activity
from ietvars.institution.services.models import Service
from ietvars.institution.services.rules import Texts

LONGEST = 120
"""Characters of a title."""


def title_steps(*, service: Service, titles: Mapping[int, Texts], by: Actor, now: datetime) -> int:
    """Give steps of a service titles, by their numbers; an empty one lets the step be called as events name it.

    Returns how many changed. Steps that are not of the service are left out. Raises NotYourSteps, LongTitle.
    """
    rules.require_owner(by, service.holder_id)
    said = {number: _clean(texts) for number, texts in titles.items()}
    with transaction.atomic():
        rows = list(queries.steps([service.pk]).select_for_update().filter(pk__in=list(said)))
        changed = [row for row in rows if row.title != said[row.pk]]
        before = {row.code: row.title for row in changed}
        for row in changed:
            row.title = said[row.pk]
        Activity.objects.bulk_update(changed, ["title"], batch_size=200)
        if changed:
            after = {row.code: row.title for row in changed}
            audit.record(
                by=by, now=now, action="deliveries.title-steps", subject=("service", service.code), before=before,
                after=after,
            )  # fmt: skip
    return len(changed)


def _clean(texts: Texts) -> dict[str, str]:
    found = {language: " ".join(texts.get(language, "").split()) for language in LANGUAGES}
    for text in found.values():
        if len(text) > LONGEST:
            raise errors.LongTitle(longest=LONGEST, title=text[:40])
    return {language: text for language, text in found.items() if text}
