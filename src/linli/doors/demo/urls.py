"""The personas of the demo."""

from __future__ import annotations

from django.urls import path

from linli.doors.demo import views

app_name = "demo"
urlpatterns = [path("", views.home, name="home"), path("as/", views.become, name="become")]
