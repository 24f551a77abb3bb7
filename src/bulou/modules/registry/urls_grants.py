"""Addresses of grants."""

from django.urls import URLPattern, path

from bulou.modules.registry.views import grants

urlpatterns: list[URLPattern] = [
    path("grants/", grants.grants, name="grants"),
    path("grants/give", grants.give_grant, name="give_grant"),
    path("grants/<int:grant_id>/end", grants.end_grant, name="end_grant"),
    path("grants/permissions", grants.permissions, name="permissions"),
    path("grants/mine", grants.mine, name="my_grants"),
    path("grants/users/<int:user_id>/person", grants.link_person, name="link_person"),
    path("grants/users/<int:user_id>/person/unlink", grants.unlink_person, name="unlink_person"),
    path("grants/find/user", grants.find_user, name="find_user"),
    path("grants/find/place", grants.find_place, name="find_place_to_grant"),
    path("grants/find/unit", grants.find_unit, name="find_unit_to_grant"),
    path("grants/find/person", grants.find_person, name="find_person_to_link"),
]
