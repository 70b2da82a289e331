"""The WSGI entry, served by gunicorn's sync workers. It loads all pages once, before the workers part from it."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
application = get_wsgi_application()

# What is loaded now stays for good and is shared by the workers. The collector need not look through it again: that
# held up one page in twenty for a tenth of a second. What a page leaves behind is collected between pages, not in them.
assert get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 50)
