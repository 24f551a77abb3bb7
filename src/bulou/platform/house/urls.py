"""Addresses."""

from django.urls import URLPattern, path

from bulou.platform.house import views

app_name = "house"
urlpatterns: list[URLPattern] = [path("clock", views.set_clock, name="clock")]
