"""Addresses of the ledger's registers."""

from django.urls import URLPattern

app_name = "ledger"
urlpatterns: list[URLPattern] = []
