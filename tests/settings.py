"""The product's settings, with what a test run must not share with a person's own installation.

Only speed and place differ from ietvars.settings; behaviour must not.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_place = tempfile.mkdtemp(prefix="ietvars-tests-")
# Where collected files would lie; WhiteNoise warns when it is missing.
(Path(_place) / "static").mkdir()
atexit.register(shutil.rmtree, _place, ignore_errors=True)
os.environ["IETVARS_VAR"] = _place
os.environ.setdefault("IETVARS_SECRET_KEY", "only for tests")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from ietvars.settings import *  # noqa: E402, F403 - the environment above must stand first

# The real hashers are slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Names with hashes need a collected folder; tests read the built files where they lie.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
