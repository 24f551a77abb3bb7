"""Addresses of the registry."""

from django.urls import URLPattern, path

from bulou.modules.registry import urls_people
from bulou.modules.registry.views import grants, places, places_edit, places_reshape, units, units_edit

app_name = "registry"

PLACES = [
    path("", places.home, name="home"),
    path("places/", places.places, name="places"),
    path("places/find", places.find_place, name="find_place"),
    path("places/load", places_edit.load_county, name="load_county"),
    path("places/then", places.places_then, name="places_then"),
    path("places/<int:pk>/", places.place, name="place"),
    path("places/<int:pk>/branch", places.branch, name="branch"),
    path("places/<int:pk>/add", places_edit.add_place, name="add_place"),
    path("places/<int:pk>/change", places_edit.change_place, name="change_place"),
    path("places/<int:pk>/move", places_edit.move_place, name="move_place"),
    path("places/<int:pk>/merge", places_reshape.merge_places, name="merge_places"),
    path("places/<int:pk>/split", places_reshape.split_place, name="split_place"),
    path("places/<int:pk>/retire", places_edit.retire_place, name="retire_place"),
    path("places/<int:pk>/reinstate", places_edit.reinstate_place, name="reinstate_place"),
    path("places/<int:pk>/declare", places_edit.declare, name="declare"),
]
UNITS = [
    path("units/", units.units, name="units"),
    path("units/list", units.unit_register, name="unit_register"),
    path("units/find", units.find_unit, name="find_unit"),
    path("units/find-member", units.find_member, name="find_member"),
    path("units/new", units_edit.new_unit, name="new_unit"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/change", units_edit.change_unit, name="change_unit"),
    path("units/<int:pk>/move", units_edit.move_unit, name="move_unit"),
    path("units/<int:pk>/end", units_edit.end_unit, name="end_unit"),
    path("units/<int:pk>/members", units_edit.add_members, name="add_members"),
    path("memberships/<int:pk>/", units_edit.change_member, name="change_member"),
    path("memberships/<int:pk>/end", units_edit.end_member, name="end_member"),
]
GRANTS = [
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

urlpatterns: list[URLPattern] = [*PLACES, *UNITS, *urls_people.urlpatterns, *GRANTS]
