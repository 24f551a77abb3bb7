"""Addresses of the field pages, from the root: a personal link must be short enough to be typed from paper."""

from django.urls import URLPattern, URLResolver

app_name = "field"
urlpatterns: list[URLPattern | URLResolver] = []
