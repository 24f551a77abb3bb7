"""Addresses of the field pages, from the root: a personal link must be short enough to be typed from paper."""

from django.urls import URLPattern, URLResolver, path

from bulou.interfaces.field.views import api, forms, link, shell
from bulou.interfaces.field.views.full import full

app_name = "field"
urlpatterns: list[URLPattern | URLResolver] = [
    path("field/", shell.shell, name="shell"),
    path("field/sw.js", shell.worker, name="worker"),
    path("field/manifest.webmanifest", shell.manifest, name="manifest"),
    path("field/words/<str:language>.json", shell.words, name="words"),
    path("field/session.json", api.session, name="session"),
    path("field/sign-out", api.sign_out, name="sign_out"),
    path("field/enrol", api.enrol, name="enrol"),
    path("field/carry", api.carry, name="carry"),
    path("field/full/", full, name="full"),
    path("field/preview/<int:pk>/", forms.preview, name="preview"),
    path("f/<str:token>/", link.link, name="link"),
    path("f/-/runner.<str:digest>.<str:kind>", forms.runner, name="runner"),
    path("key/<str:token>/forms/<str:key>.json", forms.form_json, name="form_json"),
    path("key/<str:token>/field.json", api.lists, name="lists"),
    path("key/<str:token>/newcomers.json", api.register, name="register"),
]
