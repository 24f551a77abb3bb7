"""Addresses of operations."""

from django.urls import path

from bulou.modules.operations.views import operations, playbooks

app_name = "operations"
urlpatterns = [
    path("", operations.index, name="index"),
    path("playbooks/check", playbooks.checking, name="check"),
    path("playbooks/activate", playbooks.activate, name="activate"),
    path("playbooks/schema.json", playbooks.playbook_schema, name="schema"),
    path("playbooks/<slug:key>/", playbooks.playbook, name="playbook"),
    path("<slug:key>/", operations.operation, name="operation"),
    path("<slug:key>/level", operations.level, name="level"),
    path("<slug:key>/version", playbooks.new_version, name="new_version"),
    path("<slug:key>/apply", playbooks.apply, name="apply"),
    path("<slug:key>/stand-down", operations.stand_down, name="stand_down"),
    path("<slug:key>/overrides/<int:pk>/end", operations.take_back, name="take_back"),
    path("<slug:key>/<slug:section>/<slug:item>", operations.override, name="override"),
]
