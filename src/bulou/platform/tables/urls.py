"""Addresses."""

from django.urls import URLPattern, path

from bulou.platform.tables import views

app_name = "tables"
urlpatterns: list[URLPattern] = [
    path("columns", views.keep_columns, name="columns"),
]
