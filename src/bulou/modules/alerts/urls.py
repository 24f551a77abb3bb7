"""Addresses of immediate reports."""

from django.urls import path

from bulou.modules.alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.alerts, name="alerts"),
    path("report", views.report, name="report"),
    path("banner", views.banner, name="banner"),
    path("<int:pk>", views.alert, name="alert"),
    path("acknowledge/<int:pk>", views.acknowledge, name="acknowledge"),
]
