"""What every page knows: who looks, how it is shown, how long the list of notices is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from linli.doors.site.who import View, view_of


def page(request: HttpRequest) -> dict[str, View | bool | str]:
    """Return `view` (elder, look, language), `demo` and the path to come back to."""
    return {"view": view_of(request), "demo": settings.LINLI_DEMO, "here": request.get_full_path()}
