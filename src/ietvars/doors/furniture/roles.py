"""The names of capacities for people. It must not know what a capacity may do."""

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from ietvars.doors.furniture.marks import Words
from ietvars.ground.people.rules import Role

WORDS: Mapping[Role, Words] = {
    Role.SERVICE_OWNER: pgettext_lazy("capacity", "service owner"),
    Role.LIST_APPROVER: pgettext_lazy("capacity", "list approver"),
    Role.COORDINATOR: pgettext_lazy("capacity", "coordinator"),
    Role.OVERSEER: pgettext_lazy("capacity", "overseer"),
    Role.CLERK: pgettext_lazy("capacity", "clerk"),
    Role.ADMINISTRATOR: pgettext_lazy("capacity", "administrator"),
    Role.SYSTEM: pgettext_lazy("capacity", "system"),
}
