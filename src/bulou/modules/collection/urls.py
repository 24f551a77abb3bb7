"""Addresses of the module."""

from django.urls import URLPattern, URLResolver, path

from bulou.modules.collection.views import bringing, forms, held, links, odata, submissions, tokens

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

FORMS = [
    path("forms/", forms.forms, name="forms"),
    path("forms/bring", bringing.bring, name="bring"),
    path("forms/<int:pk>/", forms.form, name="form"),
    path("forms/<int:pk>/state/<str:verb>", forms.move, name="move"),
    path("forms/versions/<int:pk>/publish", bringing.publish, name="publish"),
    path("forms/versions/<int:pk>/answers", bringing.map_answers, name="map_answers"),
    path("forms/versions/<int:pk>/files", bringing.add_media, name="add_media"),
    path("forms/versions/<int:pk>/files/<int:media_id>", forms.media, name="media"),
    path("forms/versions/<int:pk>/xlsform", forms.xlsform, name="xlsform"),
    path("forms/versions/<int:pk>/xform", forms.xform, name="xform"),
]

SENT = [
    path("forms/sent/", submissions.sent, name="sent"),
    path("forms/<int:pk>/submissions", submissions.submissions, name="submissions"),
    path("forms/<int:pk>/export", submissions.export, name="export"),
    path("forms/<int:pk>/export/opened", submissions.export_opened, name="export_opened"),
    path("submissions/<int:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:pk>/open", submissions.open_answers, name="open_answers"),
    path("submissions/<int:pk>/xml", submissions.open_xml, name="open_xml"),
    path("submissions/<int:pk>/files/<int:file_id>", submissions.file, name="file"),
    path("submissions/<int:pk>/files/<int:file_id>/open", submissions.open_file, name="open_file"),
    path("odata/<int:pk>/", odata.service, name="odata"),
    path("odata/<int:pk>/$metadata", odata.metadata, name="odata_metadata"),
    path("odata/<int:pk>/<str:name>", odata.table, name="odata_table"),
]

HELD = [
    path("held/", held.held, name="held"),
    path("held/<int:pk>/", held.held_one, name="held_one"),
    path("held/<int:pk>/assign", held.assign, name="assign"),
    path("held/<int:pk>/assign/<int:subject_id>", held.propose, name="propose"),
    path("held/<int:pk>/join/<int:parent_id>", held.join, name="join_held"),
    path("held/<int:pk>/<slug:verb>", held.settle, name="settle"),
    path("held/find/person", held.find_person_held, name="find_person_held"),
    path("held/find/household", held.find_household_held, name="find_household_held"),
    path("held/find/place", held.find_place_held, name="find_place_held"),
    path("held/find/unit", held.find_unit_held, name="find_unit_held"),
]

urlpatterns: list[URLPattern | URLResolver] = [*HELD, *FORMS, *SENT, *TOKENS, *LINKS]
