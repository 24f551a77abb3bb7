"""Addresses of briefing."""

from django.urls import path

from bulou.modules.briefing.views import figures, mapping, reports, sheets

app_name = "briefing"
urlpatterns = [
    path("", reports.index, name="index"),
    path("issued/<int:pk>/", reports.one_issued, name="one_issued"),
    path("issued/<int:pk>/<str:figure>", figures.issued_figure, name="issued_figure"),
    path("<slug:key>/", reports.report, name="report"),
    path("<slug:key>/issue", reports.issue, name="issue"),
    path("<slug:key>/sheets/", sheets.sheets, name="sheets"),
    path("<slug:key>/sheets/add", sheets.add, name="add_sheet"),
    path("<slug:key>/sheets/<int:pk>/", mapping.sheet, name="sheet"),
    path("<slug:key>/sheets/<int:pk>/cell", mapping.cell, name="map_cell"),
    path("<slug:key>/sheets/<int:pk>/clear", mapping.clear, name="clear_cell"),
    path("<slug:key>/sheets/<int:pk>/suggest", mapping.suggest, name="suggest_cells"),
    path("<slug:key>/sheets/<int:pk>/edit", sheets.edit, name="edit_sheet"),
    path("<slug:key>/sheets/<int:pk>/upload", sheets.upload, name="send_file"),
    path("<slug:key>/sheets/<int:pk>/end", sheets.end, name="end_sheet"),
    path("<slug:key>/sheets/<int:pk>/file", sheets.file, name="filled_file"),
    path("<slug:key>/sheets/<int:pk>/original/<int:number>", sheets.original, name="original_file"),
    path("<slug:key>/rows/<slug:query>", figures.figure, name="rows"),
]
