"""Addresses of briefing."""

from django.urls import path

from bulou.modules.briefing.views import figures, reports

app_name = "briefing"
urlpatterns = [
    path("", reports.index, name="index"),
    path("issued/<int:pk>/", reports.one_issued, name="one_issued"),
    path("issued/<int:pk>/<str:figure>", figures.issued_figure, name="issued_figure"),
    path("<slug:key>/", reports.report, name="report"),
    path("<slug:key>/issue", reports.issue, name="issue"),
    path("<slug:key>/rows/<slug:query>", figures.figure, name="rows"),
]
