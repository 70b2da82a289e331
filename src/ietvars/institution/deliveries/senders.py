"""Makes senders, gives them new secrets and revokes them. A secret is shown once, to whoever asked for it.

Actions, in a module of their own, since `actions` is the way of the events.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies.models import Body
from ietvars.ground.people.rules import Actor
from ietvars.institution.deliveries import errors, queries, rules
from ietvars.institution.deliveries.models import Sender
from ietvars.institution.services.models import Service


def make(
    *, code: str, title: str, body: Body, services: Sequence[Service] = (), by: Actor, now: datetime
) -> tuple[Sender, str]:
    """A new sender of a body, for all its services or for those listed, and its secret.

    Raises NotYourSender, BadCode, SenderExists.
    """
    rules.require_keeper(by, body.pk)
    rules.require_code(code, title)
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            made = Sender.objects.create(
                code=code,
                title=title.strip(),
                body=body,
                is_narrowed=bool(services),
                secret_digest=queries.secret_digest(secret),
                secret_at=now,
                created_at=now,
                created_by=by.username,
            )
            made.services.set(services)
            after = {"body": body.code, "services": [one.code for one in services]}
            audit.record(by=by, now=now, action="deliveries.make-sender", subject=("sender", code), after=after)
    except IntegrityError:
        raise errors.SenderExists(code=code) from None
    return made, secret


def renew(*, sender: Sender, by: Actor, now: datetime) -> str:
    """A new secret for a sender; the old one is worth nothing from this moment. Raises NotYourSender, Revoked."""
    rules.require_keeper(by, sender.body_id)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        found = Sender.objects.select_for_update().get(pk=sender.pk)
        if found.revoked_at is not None:
            raise errors.Revoked(code=found.code)
        found.secret_digest, found.secret_at = queries.secret_digest(secret), now
        found.save(update_fields=["secret_digest", "secret_at"])
        audit.record(by=by, now=now, action="deliveries.renew-secret", subject=("sender", found.code))
    return secret


def revoke(*, sender: Sender, by: Actor, now: datetime) -> Sender:
    """From this moment the sender sends nothing more. What it sent stays. Raises NotYourSender, Revoked."""
    rules.require_keeper(by, sender.body_id)
    with transaction.atomic():
        found = Sender.objects.select_for_update().get(pk=sender.pk)
        if found.revoked_at is not None:
            raise errors.Revoked(code=found.code)
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
        audit.record(by=by, now=now, action="deliveries.revoke-sender", subject=("sender", found.code))
    return found
