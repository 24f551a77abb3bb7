"""Addresses of my duties and of entry."""

from django.urls import path

from bulou.interfaces.mine.views import away, chains, duties, excuses, lists, records, sheets

app_name = "mine"
LIST = "list/<int:window_id>/<str:kind>/<int:subject_id>"
SHEET = "entry/<int:window_id>/<str:kind>/<int:node_id>"
urlpatterns = [
    path("", duties.home, name="duties"),
    path("report", duties.report_all, name="report_all"),
    path("report/<str:kind>/<int:subject_id>", duties.report, name="report"),
    path("well/<str:kind>/<int:subject_id>", duties.report_well, name="report_well"),
    path("nobody/<int:window_id>/<str:kind>/<int:subject_id>", duties.report_nobody, name="report_nobody"),
    path("excuse/<str:kind>/<int:subject_id>", excuses.plead, name="plead"),
    path("excuse/<int:pk>/back", excuses.take_back, name="take_back_request"),
    path("away", away.away, name="away"),
    path("away/<int:pk>/back", away.back, name="back"),
    path("record/<int:pk>", records.record, name="record"),
    path("record/<int:pk>/correct", records.correct, name="correct"),
    path(LIST, lists.page, name="list"),
    path(f"{LIST}/send", lists.send, name="send_list"),
    path(f"{LIST}/read", lists.read, name="read_list"),
    path(f"{LIST}/find", lists.find, name="find_for_list"),
    path("entry", sheets.home, name="sheets"),
    path(SHEET, sheets.sheet, name="sheet"),
    path(f"{SHEET}/send", sheets.send, name="send_sheet"),
    path(f"{SHEET}/state", sheets.state, name="sheet_state"),
    path(f"{SHEET}/list", chains.paste, name="paste"),
]
