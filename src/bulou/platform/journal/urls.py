"""Addresses."""

from django.urls import URLPattern, path

from bulou.platform.journal import views

app_name = "journal"
urlpatterns: list[URLPattern] = [
    path("", views.lines, name="lines"),
    path("<int:line_id>", views.line, name="line"),
    path("looks", views.looks, name="looks"),
    path("looked-at-me", views.looked_at_me, name="looked_at_me"),
    path("seal", views.seal, name="seal"),
]
