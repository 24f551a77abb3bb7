"""Addresses of people, households and duplicates."""

from django.urls import URLPattern, path

from bulou.modules.registry.views import duplicates, households, people, people_edit

urlpatterns: list[URLPattern] = [
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
