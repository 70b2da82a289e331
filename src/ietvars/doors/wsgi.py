"""The WSGI entry, served by gunicorn's sync workers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
application = get_wsgi_application()
