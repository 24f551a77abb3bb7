"""Addresses of the field pages, from the root: a personal link must be short enough to be typed from paper."""

from django.urls import URLPattern, URLResolver, path

from bulou.interfaces.field.views import forms, link
from bulou.interfaces.field.views.full import full

app_name = "field"
urlpatterns: list[URLPattern | URLResolver] = [
    path("field/full/", full, name="full"),
    path("field/preview/<int:pk>/", forms.preview, name="preview"),
    path("f/<str:token>/", link.link, name="link"),
    path("f/-/runner.<str:digest>.<str:kind>", forms.runner, name="runner"),
    path("key/<str:token>/forms/<str:key>.json", forms.form_json, name="form_json"),
]
