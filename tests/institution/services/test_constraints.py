"""What must never be, the database forbids."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.bodies.models import Body
from ietvars.institution.services.models import Delivery, Fee, Identifier, Service, Stage, Tenure
from tests.world import World

pytestmark = pytest.mark.django_db


def _second_holder(service: Service, body: Body) -> object:
    return Tenure.objects.create(service=service, holder=body)


def _stage_twice(service: Service, body: Body) -> object:
    return Stage.objects.create(service=service, name="request")


def _delivery_twice(service: Service, body: Body) -> object:
    stage = service.stages.get(name="request")
    return Delivery.objects.create(stage=stage, channel="online", provider=body)


def _negative_fee(service: Service, body: Body) -> object:
    return Fee.objects.create(service=service, stage="request", amount=Decimal(-1))


def _number_of_two_services(service: Service, body: Body) -> object:
    return Identifier.objects.create(service=service, scheme="register", value="1")


def _code_twice(service: Service, body: Body) -> object:
    return Service.objects.create(code=service.code)


def _immediate_with_a_term(service: Service, body: Body) -> object:
    return Service.objects.create(code="x", is_immediate=True, term_days=3)


FORBIDDEN = [
    _second_holder,
    _stage_twice,
    _delivery_twice,
    _negative_fee,
    _number_of_two_services,
    _code_twice,
    _immediate_with_a_term,
]


@pytest.mark.parametrize("forbidden", FORBIDDEN, ids=lambda attempt: attempt.__name__.strip("_"))
def test_the_database_forbids(world: World, forbidden: Callable[[Service, Body], object]) -> None:
    service = world.service("benefit", identifiers=(("register", "1"),))
    with pytest.raises(IntegrityError), transaction.atomic():
        forbidden(service, world.body())
