"""The public log, laid out as C2SP tlog-tiles."""

from __future__ import annotations

from django.urls import path

from linli.doors.public import record

app_name = "log"
urlpatterns = [
    path("checkpoint", record.checkpoint, name="checkpoint"),
    path("witnessed", record.witnessed, name="witnessed"),
    path("add-checkpoint", record.add_checkpoint, name="add-checkpoint"),
    path("seen/vkey", record.witness_vkey, name="witness-vkey"),
    path("seen/<str:number>/checkpoint", record.seen, name="seen"),
    path("vkey", record.vkey, name="vkey"),
    path("tile/<path:rest>", record.tile, name="tile"),
]
