"""Addresses of the registry."""

from django.urls import URLPattern, path

from bulou.modules.registry.views import (
    duplicates,
    grants,
    households,
    people,
    people_edit,
    places,
    places_edit,
    places_reshape,
    units,
    units_edit,
)

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

PEOPLE = [
    path("people/", people.people, name="people"),
    path("people/find", people.find, name="find"),
    path("people/find-person", people.find_person, name="find_person"),
    path("people/find-home", people.find_home, name="find_home"),
    path("people/new", people_edit.new_person, name="new_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/correct", people_edit.correct, name="correct_person"),
    path("people/<int:pk>/move", people_edit.move, name="move_person"),
    path("people/<int:pk>/end", people_edit.end, name="end_person"),
    path("people/<int:pk>/resume", people_edit.resume, name="resume_person"),
    path("people/<int:pk>/document", people_edit.put_document, name="put_document"),
    path("people/<int:pk>/document/<int:document>/end", people_edit.end_document, name="end_document"),
    path("people/<int:pk>/phones", people_edit.phones, name="set_phones"),
    path("people/<int:pk>/identity", people_edit.identity, name="reveal_identity"),
    path("people/<int:pk>/name", people_edit.name, name="reveal_name"),
    path("people/<int:pk>/relatives", people_edit.add_relative, name="add_relative"),
    path("people/<int:pk>/relatives/<int:relation>/end", people_edit.end_relative, name="end_relative"),
    path("people/<int:pk>/merge", duplicates.merge_with, name="merge_with"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/<int:pk>/", duplicates.duplicate, name="duplicate"),
    path("duplicates/<int:pk>/apart", duplicates.apart, name="keep_apart"),
    path("merges/<int:pk>/undo", duplicates.unmerge, name="unmerge"),
    path("households/", households.households, name="households"),
    path("households/find", people.find_household, name="find_household"),
    path("households/new", households.new_household, name="new_household"),
    path("households/<int:pk>/", households.household, name="household"),
    path("households/<int:pk>/correct", households.correct_household, name="correct_household"),
    path("households/<int:pk>/split", households.split, name="split_household"),
    path("households/<int:pk>/join", households.join, name="join_household"),
    path("households/<int:pk>/move", households.move_household, name="move_household"),
    path("households/<int:pk>/end", households.end_household, name="end_household"),
]

urlpatterns: list[URLPattern] = [*PLACES, *UNITS, *PEOPLE, *GRANTS]
