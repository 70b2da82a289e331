"""All doors in one table. Latvian stands at the root, English under /en/; the API has one address for both."""

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

PAGES = ("entrance", "furniture", "machines", "owners", "overseers", "public")
"""Doors with pages, each with a urls module; public last, since it holds the root."""

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("ietvars.doors.machines.api"):
    from ietvars.doors.machines.api import api

    urlpatterns.append(path("api/v1/", api.urls))
    # An IRI names a thing in every language.
    urlpatterns.append(path("", include("ietvars.doors.machines.linked_urls")))
urlpatterns += i18n_patterns(
    *(path("", include(f"ietvars.doors.{door}.urls")) for door in PAGES if find_spec(f"ietvars.doors.{door}.urls")),
    prefix_default_language=False,
)

handler400 = "ietvars.doors.furniture.pages.not_understood"
handler403 = "ietvars.doors.furniture.pages.forbidden"
handler404 = "ietvars.doors.furniture.pages.not_found"
# Asked for by the sign-in library.
handler429 = "ietvars.doors.furniture.pages.too_many"
handler500 = "ietvars.doors.furniture.pages.broken"
