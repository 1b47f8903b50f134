"""What every page knows: who looks, how it is shown, how long the list of notices is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from linli.doors.site.who import view_of


def page(request: HttpRequest) -> dict[str, object]:
    """Return `view` (elder, look, language), `demo`, the path to come back to and the form that was refused, if one was."""
    here = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
    return {"view": view_of(request), "demo": settings.LINLI_DEMO, "here": here, "problem": getattr(request, "linli_problem", None)}
