"""Sign-in through an OpenID Connect provider that really answers; what it tells of a person is cut before keeping."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from bs4 import BeautifulSoup
from django.core import serializers
from django.test import Client

from ietvars.ground.audit import queries as audit
from ietvars.ground.people import actions, queries
from ietvars.ground.people.rules import SYSTEM, Role
from tests.world import NOW, World

# The provider's own library warns of its future; what runs here is its server, in a thread of this process.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

PERSONAL_CODE = "010180-12345"
CLAIMS = {
    "name": "Anna Kalniņa",
    "email": "anna@example.org",
    "birthdate": "1980-01-01",
    "phone_number": "+37120000000",
}


@pytest.fixture
def provider(settings: object) -> Iterator[str]:
    """The address of a provider on this machine, and the settings that name it."""
    user = oidc_provider_mock.User(sub=PERSONAL_CODE, claims=CLAIMS)
    with oidc_provider_mock.run_server_in_thread(user_claims=[user]) as server:
        issuer = f"http://localhost:{server.server_port}"
        settings.SOCIALACCOUNT_PROVIDERS = {  # type: ignore[attr-defined]
            "openid_connect": {
                "APPS": [
                    {
                        "provider_id": "lvp",
                        "name": "Valsts pieslēgšanās",
                        "client_id": "ietvars",
                        "secret": "secret",
                        "settings": {"server_url": issuer, "scope": ["openid", "profile"]},
                    }
                ],
                "OAUTH_PKCE_ENABLED": True,
            }
        }
        yield issuer


def begin(client: Client, issuer: str) -> str:
    """Press the provider's button; the address at the provider to which one is sent."""
    page = BeautifulSoup(client.post("/konts/oidc/lvp/").content, "html.parser")
    place = str(page.select_one("main a")["href"])  # type: ignore[index]
    assert place.startswith(issuer)
    assert page.select_one("meta[http-equiv=refresh]")["content"] == f"0; url={place}"  # type: ignore[index]
    return place


def vouch(address: str, subject: str = PERSONAL_CODE) -> str:
    """Let the provider vouch; the address back to this house."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def sign_in(client: Client, issuer: str, subject: str = PERSONAL_CODE) -> None:
    client.get(vouch(begin(client, issuer), subject))


def test_the_request_carries_state_and_a_code_challenge(provider: str, db: None, client: Client) -> None:
    asked = parse_qs(urlsplit(begin(client, provider)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"][0]
    assert "email" not in asked["scope"][0]


def test_whom_the_provider_vouches_for_is_signed_in_without_rights(provider: str, db: None, client: Client) -> None:
    sign_in(client, provider)
    assert client.session["_auth_user_id"]
    page = client.get("/ieiet/kapacitate/")
    assert "Jums te vēl nav statusa" in page.content.decode()


def test_with_a_capacity_the_person_acts(provider: str, world: World, client: Client) -> None:
    sign_in(client, provider)
    person = SocialAccount.objects.get().user
    actions.give_capacity(person=person, role=Role.ADMINISTRATOR, body=world.body("agency"), by=SYSTEM, now=NOW)
    assert client.get("/ieiet/kapacitate/").status_code == 302


def test_the_same_person_meets_the_same_account_again(provider: str, db: None, client: Client) -> None:
    sign_in(client, provider)
    first = client.session["_auth_user_id"]
    client.post("/konts/iziet/")
    assert "_auth_user_id" not in client.session
    sign_in(client, provider)
    assert client.session["_auth_user_id"] == first
    sign_in(Client(), provider, subject="somebody-else")
    assert queries.everybody().count() == 2


def test_no_table_holds_the_subject_or_more_claims_than_the_name(provider: str, db: None, client: Client) -> None:
    sign_in(client, provider)
    account = SocialAccount.objects.get()
    kept = serializers.serialize("json", [account, account.user]) + json.dumps(
        dict(client.session.items()), default=str
    )
    for told in (PERSONAL_CODE, CLAIMS["email"], CLAIMS["birthdate"], CLAIMS["phone_number"]):
        assert told not in kept
    assert account.user.name == {"lv": "Anna Kalniņa", "en": "Anna Kalniņa"}
    assert not SocialToken.objects.exists()
    assert not any(PERSONAL_CODE in str(row.after) for row in audit.latest())


def test_an_answer_with_a_foreign_state_signs_nobody_in(provider: str, db: None, client: Client) -> None:
    back = vouch(begin(client, provider))
    path, _, query = back.partition("?")
    forged = "&".join(part if not part.startswith("state=") else "state=forged" for part in query.split("&"))
    answer = client.get(f"{path}?{forged}")
    assert "_auth_user_id" not in client.session
    assert "Ieiet neizdevās" in answer.content.decode()


def test_an_answer_for_another_browser_signs_nobody_in(provider: str, db: None, client: Client) -> None:
    back = vouch(begin(client, provider))
    stranger = Client()
    stranger.get(back)
    assert "_auth_user_id" not in stranger.session


def test_a_provider_that_nobody_named_does_not_exist(provider: str, db: None, client: Client) -> None:
    assert client.post("/konts/oidc/other/").status_code == 404


def test_a_link_alone_does_not_begin_signing_in(provider: str, db: None, client: Client) -> None:
    assert client.get("/konts/oidc/lvp/").status_code == 200
