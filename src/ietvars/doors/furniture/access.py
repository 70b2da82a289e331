"""Who may enter: the declaration that every route carries, and the walk that finds routes without one.

    @access(anyone)
    @access(signed_in)
    @access(role(Role.OVERSEER))
    @access(over_body(Role.SERVICE_OWNER, body_from="body"))
    def page(request: HttpRequest, body: str) -> HttpResponse: ...

A page sends a visitor to sign-in and shows the wrong person a refusal that says what is not possible, why and who can
help. `access_api` is the same for operations of the API, which answer with problem+json. What a person may do with a
thing is a rule of its room; this module only knows roles and reach. It must not grow rules of its own.
"""

import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from django.utils.translation import gettext as _

from ietvars.doors.furniture import frame, refusals, roles
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.parts import RefusalBox
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role

BodyOf = Callable[..., int | None]
"""Finds the body of a route from the parameters of its address; None when there is no such thing."""


class Kind(StrEnum):
    """How far a door stands open."""

    ANYONE = "anyone"
    SIGNED_IN = "signed-in"
    ROLE = "role"
    OVER_BODY = "over-body"
    PROGRAM = "program"


@dataclass(frozen=True)
class Entry:
    """A declaration. `body_from` is the parameter of the address that names the body, `body_of` finds its id.

    `everywhere` holds those of the roles that may enter whatever the body is. `admits` tells a program by what it
    brings along.
    """

    kind: Kind
    roles: frozenset[Role] = frozenset()
    body_from: str = ""
    body_of: BodyOf | None = None
    everywhere: frozenset[Role] = frozenset()
    admits: Callable[[HttpRequest], bool] | None = None


anyone = Entry(Kind.ANYONE)
"""Visitors too."""

signed_in = Entry(Kind.SIGNED_IN)
"""Whoever has signed in, in whatever capacity, or still without one."""


def role(*allowed: Role) -> Entry:
    """Whoever acts in one of these capacities, for whatever body."""
    return Entry(Kind.ROLE, frozenset(allowed))


def over_body(
    *allowed: Role, body_from: str, body_of: BodyOf | None = None, everywhere: Collection[Role] = ()
) -> Entry:
    """Whoever acts in one of these capacities for the body of the route or one above it.

    The parameter `body_from` holds the body's code; or `body_of(value)` finds the id from it, e.g. a service's holder.
    Capacities named in `everywhere` may enter whatever the body is.
    """
    free = frozenset(everywhere)
    return Entry(Kind.OVER_BODY, frozenset(allowed) | free, body_from, body_of or _body_by_code, free)


def program(admits: Callable[[HttpRequest], bool]) -> Entry:
    """Programs with credentials of their own, which `admits` looks at; nobody's session helps here."""
    return Entry(Kind.PROGRAM, admits=admits)


def _body_by_code(code: str) -> int | None:
    found = bodies.by_code(code)
    return found.pk if found else None


class SignInNeeded(Exception):
    """A visitor asked for what only people who have signed in may see."""


class Refused(PermissionDenied):
    """Somebody asked for what is not his; holds the refusal for the page and the sentence for the API."""

    def __init__(self, box: RefusalBox) -> None:
        self.box = box
        super().__init__(f"{box.title}. {box.says}")


class CapacityNeeded(Exception):
    """Somebody has signed in and has not chosen in which capacity to act."""


def actor_of(request: HttpRequest) -> Actor | None:
    """Who acts in this request: made once by the middleware; None for a visitor or while the capacity is open."""
    actor = getattr(request, "actor", None)
    return cast("Actor", actor) if actor else None


def require(entry: Entry, request: HttpRequest, parameters: Mapping[str, Any]) -> None:
    """Let the request in or raise SignInNeeded, CapacityNeeded, Refused, or Http404 when there is no such body."""
    if entry.kind is Kind.ANYONE:
        return
    if entry.kind is Kind.PROGRAM:
        if entry.admits is None or not entry.admits(request):
            raise SignInNeeded
        return
    actor = actor_of(request)
    user = getattr(request, "user", None)
    if actor is None and not (user is not None and user.is_authenticated):
        raise SignInNeeded
    if entry.kind is Kind.SIGNED_IN:
        return
    if actor is None:
        raise CapacityNeeded
    if actor.role not in entry.roles:
        raise Refused(_wrong_role(entry, actor))
    if entry.kind is Kind.OVER_BODY and entry.body_of is not None and actor.role not in entry.everywhere:
        body_id = entry.body_of(parameters[entry.body_from])
        if body_id is None:
            raise Http404
        if not actor.reaches(body_id):
            raise Refused(_foreign_body(actor))


def _wrong_role(entry: Entry, actor: Actor) -> RefusalBox:
    used_by = ", ".join(str(roles.WORDS[one]) for one in Role if one in entry.roles)
    says = _("This page is used by: %(used_by)s. You are acting as: %(role)s.")
    return RefusalBox(
        title=_("You cannot open this page"),
        says=says % {"used_by": used_by, "role": roles.WORDS[actor.role]},
        help=_help(),
        level=1,
    )


def _foreign_body(actor: Actor) -> RefusalBox:
    says = _("It belongs to another institution. You are acting for %(body)s and the institutions below it.")
    return RefusalBox(
        title=_("You cannot open this page"), says=says % {"body": actor.body_code}, help=_help(), level=1
    )


def _help() -> Link | None:
    """Who or what helps: another capacity of one's own, else nothing but the administrator named on the page."""
    place = frame.place("capacity")
    return Link(_("Act in another capacity"), place) if place else None


View = TypeVar("View", bound=Callable[..., Any])

_MARK = "ietvars_access"


def access(entry: Entry) -> Callable[[View], View]:
    """Declare who may open a page. A room's refusal that the view lets through becomes a refusal page."""

    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **parameters: Any) -> HttpResponse:
            try:
                require(entry, request, parameters)
                return cast("HttpResponse", view(request, *args, **parameters))
            except SignInNeeded:
                return _elsewhere(request, redirect_to_login(request.get_full_path()).url)
            except CapacityNeeded:
                return _to_capacity(request)
            except Refused as refused:
                return refusals.page(request, refused.box)
            except Refusal as refusal:
                return refusals.page(request, refusals.box(refusal))

        setattr(guarded, _MARK, entry)
        return cast("View", guarded)

    return declare


def _to_capacity(request: HttpRequest) -> HttpResponse:
    place = frame.place("capacity")
    if place:
        return _elsewhere(request, f"{place}?{urlencode({'next': request.get_full_path()})}")
    box = RefusalBox(
        title=_("You have no capacity to act in yet"),
        says=_("Ask the administrator of your institution to give you one."),
        level=1,
    )
    return refusals.page(request, box)


def _elsewhere(request: HttpRequest, place: str) -> HttpResponse:
    # A part of a page that htmx asked for must not receive another page inside itself.
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": place})
    return HttpResponseRedirect(place)


def access_api(entry: Entry) -> Callable[[View], View]:
    """Declare who may call an operation of the API; put it below `@router.get(...)`. Raises instead of redirecting."""

    def declare(operation: View) -> View:
        @functools.wraps(operation)
        def guarded(request: HttpRequest, *args: Any, **parameters: Any) -> Any:
            # The API has one address for all languages; a refusal is said in the one that is asked for.
            with translation.override(translation.get_language_from_request(request)):
                require(entry, request, parameters)
            return operation(request, *args, **parameters)

        # The annotations of the operation are read from the wrapper, whose module does not know their names.
        guarded.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
        setattr(guarded, _MARK, entry)
        return cast("View", guarded)

    return declare


def declared(view: Callable[..., Any]) -> Entry | None:
    """The declaration of a page or an operation; None when it has none."""
    found: Entry | None = getattr(view, _MARK, None)
    return found


@dataclass(frozen=True)
class Route:
    """A route of the product with its declaration, if it has one."""

    address: str
    name: str
    view: str
    entry: Entry | None
    methods: frozenset[str] = frozenset()


GUARDS_ITSELF: Mapping[str, str] = {
    "allauth.": "sign-in guards its own pages",
    "ninja.openapi.": "the description of the API is open",
    "django.views.static": "files of the build",
    "django.contrib.staticfiles": "files of the build",
    "django.views.i18n": "texts of the interface",
}
"""Modules of others whose views carry no declaration, each with its reason."""


def routes() -> tuple[Route, ...]:
    """All routes that are mounted, operations of the API one by one; views of others are left out."""
    # An address of the API is mounted once for each of its operations.
    return tuple(dict.fromkeys(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield from _routes_of(pattern, address)


def _routes_of(pattern: URLPattern, address: str) -> Iterator[Route]:
    callback = pattern.callback
    operations = _operations(callback)
    for operation in operations:
        view = operation.view_func
        entry = declared(view)
        name = f"{view.__module__}.{view.__name__}"
        own = getattr(operation, "url_name", "") or view.__name__
        yield Route(address, own, name, entry, frozenset(operation.methods))
    view = getattr(callback, "func", callback)
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    if not operations and not module.startswith(tuple(GUARDS_ITSELF)):
        name = f"{module}.{getattr(view, '__name__', type(view).__name__)}"
        yield Route(address, pattern.name or "", name, declared(callback))


def _operations(callback: Any) -> list[Any]:
    """Operations behind one address of the API; nothing for a page."""
    cells = [cell.cell_contents for cell in getattr(callback, "__closure__", None) or ()]
    holder = next((held for held in cells if hasattr(held, "operations") and hasattr(held, "get_view")), None)
    return list(holder.operations) if holder is not None else []


def undeclared() -> tuple[str, ...]:
    """Routes that do not say who may enter, for the architecture test: there must be none."""
    return tuple(f"{route.address}: {route.view}" for route in routes() if route.entry is None)
