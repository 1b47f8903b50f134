"""The public log, laid out as C2SP tlog-tiles."""

from __future__ import annotations

from django.urls import path

from linli.doors.public import record

app_name = "log"
urlpatterns = [
    path("checkpoint", record.checkpoint, name="checkpoint"),
    path("vkey", record.vkey, name="vkey"),
    path("tile/<path:rest>", record.tile, name="tile"),
]
