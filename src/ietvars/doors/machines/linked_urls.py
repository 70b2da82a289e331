"""Addresses of stable IRIs. One for all languages: an IRI names a thing, not a page about it."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from ietvars.doors.machines import linked

app_name = "linked"


def _both(address: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """A thing, and its document in the format of an ending."""
    return [
        path(address, view, name=name),
        path(f"{address}.<slug:suffix>", view, name=f"{name}-document"),
    ]


urlpatterns = [
    *_both("id/service/<slug:code>", linked.service, "service"),
    *_both("id/body/<slug:code>", linked.body, "body"),
    *_both("id/situation/<slug:code>", linked.situation, "situation"),
    path("id/term/all.<slug:suffix>", linked.all_lists, name="all-lists"),
    *_both("id/term/<slug:scheme>", linked.code_list, "code-list"),
    *_both("id/term/<slug:scheme>/<slug:code>", linked.term, "term"),
    *_both("id/canvas/<slug:code>/<int:number>", linked.canvas, "canvas"),
    *_both("id/catalogue", linked.catalogue, "catalogue"),
    path("id/catalogue/all.<slug:suffix>", linked.everything, name="everything"),
    *_both("ns", linked.vocabulary, "vocabulary"),
    path("ns/context.jsonld", linked.json_ld_context, name="context"),
]
