"""The guide to the API for people: every operation from the OpenAPI document, without a script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.furniture.frame import crumbs


@access(anyone)
@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """All operations by family, each with its address, what it gives and its parameters."""
    from ietvars.doors.machines.api import api  # the urls of the API must stand before it can be described

    described = api.get_openapi_schema()
    families: dict[str, list[dict[str, object]]] = {}
    for address, operations in described["paths"].items():
        for method, one in operations.items():
            families.setdefault(one["tags"][0], []).append(
                {
                    "method": method.upper(),
                    "address": address,
                    "says": one.get("summary", ""),
                    "more": one.get("description", ""),
                    "parameters": [part["name"] for part in one.get("parameters", [])],
                }
            )
    return render(
        request,
        "machines/guide.html",
        {"families": families, "openapi": "/api/v1/openapi.json",
         "crumbs": crumbs((_("Home"), reverse("public:home")), _("API"))},
    )  # fmt: skip
