"""Addresses of the field pages, from the root: a personal link must be short enough to be typed from paper."""

from django.urls import URLPattern, URLResolver, path

from bulou.interfaces.field.views.full import full

app_name = "field"
urlpatterns: list[URLPattern | URLResolver] = [
    path("field/full/", full, name="full"),
]
