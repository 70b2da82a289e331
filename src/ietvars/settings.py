"""All settings of Ietvars. What differs between machines comes from the environment; docs/howto/settings.md lists it.

Nothing here decides about services; nothing but this file and the doors may read the environment.
"""

import os
import secrets
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url

from ietvars.ground.terms.rules import LANGUAGES as LANGUAGE_CODES

PACKAGE = Path(__file__).resolve().parent
BASE = Path(os.environ.get("IETVARS_HOME", Path.cwd()))
VAR = Path(os.environ.get("IETVARS_VAR", BASE / "var"))


def _flag(name: str) -> bool:
    return os.environ.get(name, "0").lower() in ("1", "true", "yes", "on")


def _words(name: str, default: str) -> list[str]:
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]


def _secret() -> str:
    """Take the secret from the environment, else make one once and keep it beside the database, readable by us only."""
    if given := os.environ.get("IETVARS_SECRET_KEY"):
        return given
    kept = VAR / "secret-key"
    try:
        return kept.read_text(encoding="ascii")
    except FileNotFoundError:
        VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return kept.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        made = secrets.token_urlsafe(64)
        file.write(made)
    return made


DEBUG = _flag("IETVARS_DEBUG")
SECRET_KEY = _secret()
ALLOWED_HOSTS = _words("IETVARS_HOSTS", "127.0.0.1 localhost [::1]")
CSRF_TRUSTED_ORIGINS = _words("IETVARS_ORIGINS", "")
IS_BEHIND_TLS = _flag("IETVARS_TLS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "ietvars.ground",
    "ietvars.institution",
    "ietvars.collaboration",
    "ietvars.oversight",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "ietvars.doors.furniture.middleware.ReadableMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ietvars.doors.furniture.middleware.ActorMiddleware",
    "ietvars.doors.furniture.visits.VisitsMiddleware",
]

ROOT_URLCONF = "ietvars.doors.urls"
WSGI_APPLICATION = "ietvars.doors.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(str(path) for path in PACKAGE.glob("doors/*/templates")),
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "ietvars.doors.furniture.context.frame",
            ],
            "libraries": {"ietvars": "ietvars.doors.furniture.templatetags.ietvars"},
            "builtins": ["ietvars.doors.furniture.templatetags.ietvars"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    """SQLite under var/ unless DATABASE_URL says otherwise. The folder is ours alone: sessions and codes lie in it."""
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    found: dict[str, Any] = dict(
        dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'ietvars.sqlite3'}")
    )
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # DEFERRED transactions lose concurrent writers (SQLITE_BUSY on upgrade); IMMEDIATE ones queue.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
            " PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
        }
    # To connect anew for each page costs 2 ms, on SQLite too, where it also empties the cache of pages read.
    found["CONN_MAX_AGE"] = 60
    found["CONN_HEALTH_CHECKS"] = True
    return found


DATABASES = {"default": _database()}

CACHES = {
    # Counts of failed sign-ins and of feedback, and codes that were used, must be one for all workers and outlive a
    # restart, so they stand in the database, which every worker shares. Nothing else is kept there.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kept_for_a_while",
        # Far above what one address can fill within the limits below, so that no flood washes out a count.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Work in the background stands in the database too, and `ietvars worker` does it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# How the links of descriptions are asked. Inner hosts are never asked unless they are named here (host or host:port).
LINK_HOSTS = _words("IETVARS_LINK_HOSTS", "")
LINK_PAUSE = float(os.environ.get("IETVARS_LINK_PAUSE", "1"))
LINK_TIMEOUT = float(os.environ.get("IETVARS_LINK_TIMEOUT", "10"))

# How much a file of linked data from outside may ask of this machine: bytes, triples, seconds, MiB of memory.
RDF_LIMITS = {
    "bytes": int(os.environ.get("IETVARS_RDF_BYTES", str(512 * 1024 * 1024))),
    "triples": int(os.environ.get("IETVARS_RDF_TRIPLES", "2000000")),
    "seconds": int(os.environ.get("IETVARS_RDF_SECONDS", "300")),
    "memory": int(os.environ.get("IETVARS_RDF_MEMORY", "3072")),
}

# The lake of deliveries: where its files lie, and what the engine over it may take. 0 threads are as many as there are.
LAKE = Path(os.environ.get("IETVARS_LAKE") or VAR / "lake")
LAKE_ENGINE = os.environ.get("LAKE_ENGINE") or "duckdb"
LAKE_MASTER = os.environ.get("LAKE_MASTER") or "local[*]"
LAKE_MEMORY = int(os.environ.get("LAKE_MEMORY") or "1024")
LAKE_THREADS = int(os.environ.get("LAKE_THREADS") or "0")
# Events that wait are laid into the lake at most once in so many seconds, or as soon as so many wait.
LAKE_EVERY = int(os.environ.get("LAKE_EVERY") or "30")
LAKE_ENOUGH = int(os.environ.get("LAKE_ENOUGH") or "50000")
LAKE_BUCKETS = int(os.environ.get("LAKE_BUCKETS") or "1")

# Events of deliveries: where the keys lie that turn persons into hashes (apart from the database and the lake), and
# how much may wait, come in and lie in quarantine.
PERSON_KEYS = Path(os.environ.get("IETVARS_PERSON_KEYS") or VAR / "person-keys.json")
EVENTS_BYTES = int(os.environ.get("IETVARS_EVENTS_BYTES", str(16 * 1024 * 1024)))
INBOX_MOST = int(os.environ.get("IETVARS_INBOX_MOST", "2000000"))
SENDER_RATE = int(os.environ.get("IETVARS_SENDER_RATE", "0"))
QUARANTINE_MOST = int(os.environ.get("IETVARS_QUARANTINE_MOST", "20000"))
STEPS_MOST = int(os.environ.get("IETVARS_STEPS_MOST", "500"))
# The page that names the steps of a service has two fields for each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = max(1000, 2 * STEPS_MOST + 10)
EVIDENCE_MOST = int(os.environ.get("IETVARS_EVIDENCE_MOST", "5000"))
SOURCES_MOST = int(os.environ.get("IETVARS_SOURCES_MOST", "100"))
# For how many days each kind of data is kept; of facts and their persons 0 is for ever.
INBOX_DAYS = int(os.environ.get("IETVARS_INBOX_DAYS", "30"))
QUARANTINE_DAYS = int(os.environ.get("IETVARS_QUARANTINE_DAYS", "180"))
PERSON_DAYS = int(os.environ.get("IETVARS_PERSON_DAYS", "1095"))
FACTS_DAYS = int(os.environ.get("IETVARS_FACTS_DAYS", "0"))

AUTH_USER_MODEL = "ground.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LOGIN_URL = "staff"
LOGIN_REDIRECT_URL = "capacity"
LOGOUT_REDIRECT_URL = "public:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "public:home"
ACCOUNT_ADAPTER = "ietvars.doors.entrance.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # The second is by account, wherever the attempts come from.
    "login_failed": "10/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
# Who asks is the nearest address that a proxy of ours vouches for; without one nobody's header is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("IETVARS_PROXIES", "1" if IS_BEHIND_TLS else "0"))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Ietvars"
SOCIALACCOUNT_ADAPTER = "ietvars.doors.entrance.adapters.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False


def _oidc_apps() -> list[dict[str, Any]]:
    """The OpenID Connect provider of the environment, if one is named. Several: a TOML file in IETVARS_OIDC_FILE."""
    if file := os.environ.get("IETVARS_OIDC_FILE"):
        named = tomllib.loads(Path(file).read_text(encoding="utf-8")).get("provider", [])
    elif issuer := os.environ.get("IETVARS_OIDC_ISSUER"):
        named = [
            {
                "id": os.environ.get("IETVARS_OIDC_ID", "oidc"),
                "name": os.environ.get("IETVARS_OIDC_NAME", "OpenID Connect"),
                "issuer": issuer,
                "client_id": os.environ.get("IETVARS_OIDC_CLIENT_ID", ""),
                "client_secret": os.environ.get("IETVARS_OIDC_CLIENT_SECRET", ""),
            }
        ]
    else:
        named = []
    return [
        {
            "provider_id": one["id"],
            "name": one["name"],
            "client_id": one["client_id"],
            "secret": one["client_secret"],
            "settings": {"server_url": one["issuer"], "scope": ["openid", "profile"], "oauth_pkce_enabled": True},
        }
        for one in named
    ]


SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": _oidc_apps(), "OAUTH_PKCE_ENABLED": True}}

LANGUAGE_CODE = LANGUAGE_CODES[0]
LANGUAGES = [("lv", "Latviešu"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Riga"
LOCALE_PATHS = sorted(str(path) for path in PACKAGE.glob("*/locale")) + sorted(
    str(path) for path in PACKAGE.glob("doors/*/locale")
)

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "doors" / "furniture" / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "ietvars.doors.furniture.pages.form_expired"
CSRF_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# Every public page has a form, and a visitor's browser need not keep its token longer than it is open.
CSRF_COOKIE_AGE = None
SECURE_SSL_REDIRECT = IS_BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if IS_BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_TLS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The largest document that may be attached to the approval of a list.
DOCUMENT_BYTES = int(os.environ.get("IETVARS_DOCUMENT_BYTES", str(10 * 1024 * 1024)))

# What is taken of a spreadsheet at most. A file of the whole catalogue has some 80,000 cells.
SHEETS = {
    "megabytes": int(os.environ.get("IETVARS_SHEET_MB", "20")),
    "unpacked_megabytes": int(os.environ.get("IETVARS_SHEET_UNPACKED_MB", "128")),
    "rows": int(os.environ.get("IETVARS_SHEET_ROWS", "20000")),
    "columns": int(os.environ.get("IETVARS_SHEET_COLUMNS", "200")),
    "cells": int(os.environ.get("IETVARS_SHEET_CELLS", "400000")),
    "seconds": int(os.environ.get("IETVARS_SHEET_SECONDS", "30")),
}
# Downloads are remembered for so long: later ones cannot be sent back.
SHEET_DAYS = int(os.environ.get("IETVARS_SHEET_DAYS", "180"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# Feedback: how many messages an hour are taken from one connection and from all together, for how long an address left
# for an answer is kept at most, and by which header a proxy of ours names the country of who asks.
FEEDBACK_PER_SENDER = int(os.environ.get("IETVARS_FEEDBACK_PER_SENDER", "10"))
FEEDBACK_IN_ALL = int(os.environ.get("IETVARS_FEEDBACK_IN_ALL", "600"))
FEEDBACK_ADDRESS_DAYS = int(os.environ.get("IETVARS_FEEDBACK_ADDRESS_DAYS", "90"))
VISITS_EVERY = int(os.environ.get("IETVARS_VISITS_EVERY", "60"))
VISITS_COUNTRY_HEADER = os.environ.get("IETVARS_COUNTRY_HEADER", "")

# Questions that the search could not answer: for how many days they are kept.
SEARCHES_KEPT_DAYS = int(os.environ.get("IETVARS_SEARCHES_KEPT_DAYS", "365"))


def _mail(given: str) -> dict[str, Any]:
    """Where letters go: smtp://user:password@host:587 (STARTTLS), smtps://host:465, file:///folder, console:.

    Without it they go nowhere and wait, but for a developer, who reads them on the console.
    """
    named = urlsplit(given or ("console:" if DEBUG else ""))
    kinds = {"console": "console", "file": "filebased", "smtp": "smtp", "smtps": "smtp", "": "dummy"}
    if named.scheme not in kinds:
        raise ValueError(f"IETVARS_MAIL is “{named.scheme}:…”; it must begin with smtp:, smtps:, file: or console:.")
    found: dict[str, Any] = {"EMAIL_BACKEND": f"django.core.mail.backends.{kinds[named.scheme]}.EmailBackend"}
    if named.scheme == "file":
        found["EMAIL_FILE_PATH"] = unquote(named.path)
    if named.scheme in ("smtp", "smtps"):
        is_inner = named.hostname in ("127.0.0.1", "localhost", "::1")
        found |= {
            "EMAIL_HOST": named.hostname or "",
            "EMAIL_PORT": named.port or (465 if named.scheme == "smtps" else 587),
            "EMAIL_HOST_USER": unquote(named.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(named.password or ""),
            "EMAIL_USE_SSL": named.scheme == "smtps",
            "EMAIL_USE_TLS": named.scheme == "smtp" and not is_inner,
        }
    return found


globals().update(_mail(os.environ.get("IETVARS_MAIL", "")))
MAIL_GOES_OUT = bool(os.environ.get("IETVARS_MAIL")) or DEBUG
DEFAULT_FROM_EMAIL = os.environ.get("IETVARS_MAIL_FROM", "ietvars@localhost")
EMAIL_TIMEOUT = 10

# Under what the IRIs of linked data stand. It must outlive machines and names of hosts, so it is said, never guessed
# from a request; and the area that is served, since every organisation of CPSV-AP has one.
BASE_IRI = os.environ.get("IETVARS_IRI", "https://data.example/").rstrip("/") + "/"
AREA_IRI = os.environ.get("IETVARS_AREA", "http://publications.europa.eu/resource/authority/atu/LVA")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("IETVARS_LOG", "WARNING")},
}
