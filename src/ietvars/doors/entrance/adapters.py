"""How allauth behaves in this house: nobody signs up by himself, and a provider's subject is stored as a pseudonym.

The subject of a national sign-in may be a personal code. It is hashed with the deployment's key at the door, so that
no table holds it; the same person still meets the same account again.
"""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac

from ietvars.ground.people import rules as people

KEPT_CLAIMS = ("name", "given_name", "family_name", "acr", "auth_time")
"""Claims kept with the link to a provider; all others are dropped before anything is stored."""


def pseudonym(provider_id: str, subject: str) -> str:
    """The stored name of a subject: keyed SHA-256, hexadecimal."""
    return salted_hmac("ietvars.entrance.subject", f"{provider_id}\n{subject}", algorithm="sha256").hexdigest()


class PseudonymousProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """OpenID Connect as allauth speaks it, with the subject hashed and the claims cut to what is needed."""

    def redirect(self, request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        """Send the person to the provider by a page that goes on by itself.

        A redirect in answer to a form would need every host on the way allowed in the policy's form-action, those too
        to which a national sign-in hands over; a page of our own needs none, and the policy stays shut.
        """
        answer: HttpResponse = super().redirect(request, *given, **named)
        if answer.status_code != HTTPStatus.FOUND:
            return answer
        page = render(request, "entrance/onward.html", {"place": answer["Location"], "provider": self.app.name})
        add_never_cache_headers(page)
        return page

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The pseudonym of the subject."""
        return pseudonym(self.app.provider_id, super().extract_uid(data))

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Only the claims that are kept."""
        claims = data.get("userinfo") or data.get("id_token") or {}
        return {"userinfo": {name: claims[name] for name in KEPT_CLAIMS if name in claims}}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """No e-mail address and no user name are taken over."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """No e-mail address is taken over."""
        return []


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes himself an account."""
        return False


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Whoever a configured provider vouches for may come in; without a capacity he can do nothing yet."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """A first sign-in by a provider makes the person known here."""
        return True

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Every OpenID Connect provider becomes the pseudonymous one."""
        found = super().get_provider(request, provider, client_id)
        if isinstance(found, OpenIDConnectProvider) and not isinstance(found, PseudonymousProvider):
            return PseudonymousProvider(request, app=found.app)
        return found

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """Name the person by the pseudonym, and for colleagues by the name the provider gives."""
        user = super().populate_user(request, sociallogin, data)
        user.username = people.provider_username(sociallogin.account.provider, sociallogin.account.uid)
        user.email = ""
        shown = sociallogin.account.extra_data.get("userinfo", {}).get("name")
        if shown:
            user.name = {"lv": shown, "en": shown}
        return user
