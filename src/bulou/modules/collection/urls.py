"""Addresses of the module."""

from django.urls import URLPattern, URLResolver, path

from bulou.modules.collection.views import links, tokens

app_name = "collection"

TOKENS = [
    path("devices/", tokens.tokens, name="tokens"),
    path("devices/new", tokens.new_token, name="new_token"),
    path("devices/unit", tokens.new_unit_tokens, name="new_unit_tokens"),
    path("devices/own", tokens.own_token, name="own_token"),
    path("devices/<int:pk>/revoke", tokens.revoke_token, name="revoke_token"),
    path("devices/find-person", tokens.find_person_for_token, name="find_person_for_token"),
    path("devices/find-unit", tokens.find_unit_for_token, name="find_unit_for_token"),
]

LINKS = [
    path("links/", links.links, name="links"),
    path("links/new", links.new_links, name="new_links"),
    path("links/find-place", links.find_place_for_links, name="find_place_for_links"),
]

urlpatterns: list[URLPattern | URLResolver] = [*TOKENS, *LINKS]
