"""The application the web server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from linli.doors.site import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.doors.site.settings")
logs.configure(process="web")
application = get_wsgi_application()
