"""Describes life situations and withdraws them, and hears when a service they lead to is retired."""

from datetime import datetime

from django.db import transaction

from ietvars.collaboration.situations import queries, rules
from ietvars.collaboration.situations.models import Situation, Step
from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import Actor
from ietvars.ground.words import actions as words
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service

KIND = "situation"
"""Under this kind situations stand in the audit trail and in the index of words."""


def describe(
    *, code: str, facts: rules.SituationFacts, by: Actor, now: datetime, position: int | None = None
) -> Situation:
    """Describe a life situation, or describe a known one anew with all its steps.

    Raises NotACoordinator, NoSteps, FirstStandsAlone, NamelessStep, UnknownService, RetiredService.
    """
    rules.require_coordinator(by)
    known = services.by_codes(step.service for step in facts.steps if step.service)
    rules.require_sound(code, facts.steps, {key: service.state for key, service in known.items()})
    with transaction.atomic():
        situation = queries.by_code(code) or Situation(code=code, position=queries.all_situations().count() + 1)
        before = {"steps": _told(situation)} if situation.pk else None
        situation.title, situation.summary = dict(facts.title), dict(facts.summary)
        situation.keywords = {language: list(found) for language, found in facts.keywords.items()}
        situation.position = situation.position if position is None else position
        _save(situation, now)
        situation.steps.all().delete()
        Step.objects.bulk_create(
            Step(
                situation=situation,
                position=number,
                is_beside_previous=step.is_beside_previous,
                is_optional=step.is_optional,
                service=known.get(step.service),
                turn_to=bodies.by_code(step.turn_to) if step.turn_to else None,
                illustrative=list(step.illustrative),
                title=dict(step.title),
                text=dict(step.text),
                deadline=dict(step.deadline),
            )
            for number, step in enumerate(facts.steps, start=1)
        )
        written = queries.by_code(code)
        assert written is not None
        audit.record(
            by=by,
            now=now,
            action="situations.describe",
            subject=(KIND, code),
            before=before,
            after={"steps": _told(written)},
        )
        words.index(documents=queries.documents(written), by=by, now=now)
    return written


def withdraw(*, situation: Situation, by: Actor, now: datetime, why: str = "") -> Situation:
    """Hide a life situation from people; it can be shown again. Raises NotACoordinator."""
    return _show(situation, is_published=False, by=by, now=now, why=why)


def restore(*, situation: Situation, by: Actor, now: datetime, why: str = "") -> Situation:
    """Show a withdrawn life situation again. Raises NotACoordinator."""
    return _show(situation, is_published=True, by=by, now=now, why=why)


def hear_retirement(*, service: Service, by: Actor, now: datetime) -> None:
    """Listener of the notice "services.retired": note at each situation that it lost a service.

    Which steps are broken is derived by `queries.broken`; here it only gets its day and author on record.
    """
    for situation in queries.broken_by(service):
        audit.record(
            by=by, now=now, action="situations.broke", subject=(KIND, situation.code), after={"service": service.code}
        )


def _show(situation: Situation, *, is_published: bool, by: Actor, now: datetime, why: str) -> Situation:
    rules.require_coordinator(by)
    with transaction.atomic():
        before = situation.is_published
        situation.is_published = is_published
        _save(situation, now)
        audit.record(
            by=by,
            now=now,
            action="situations.restore" if is_published else "situations.withdraw",
            subject=(KIND, situation.code),
            why=why,
            before={"is_published": before},
            after={"is_published": is_published},
        )
        if is_published:
            words.index(documents=queries.documents(situation), by=by, now=now)
        else:
            words.forget(kind=KIND, key=situation.code, by=by, now=now)
    return situation


def _save(situation: Situation, now: datetime) -> None:
    situation._history_date = now  # noqa: SLF001 - simple-history's own door
    situation.save()


def _told(situation: Situation) -> list[str]:
    return [step.service.code if step.service else step.title.get("lv", "") for step in situation.steps.all()]
