"""Addresses of the situation room."""

from django.urls import path

from bulou.interfaces.situation.views import boards, findings, rows, walls

app_name = "situation"
urlpatterns = [
    path("", boards.board, name="board"),
    path("trend", boards.trend, name="trend"),
    path("rows", rows.rows, name="rows"),
    path("rows.xlsx", rows.sheet, name="sheet"),
    path("chat", rows.chat, name="chat"),
    path("subject/<str:kind>/<int:pk>", rows.subject, name="subject"),
    path("since", findings.since, name="since"),
    path("denominators", findings.denominators, name="denominators"),
    path("meaning", findings.meaning, name="meaning"),
    path("wall", walls.wall, name="wall"),
]
