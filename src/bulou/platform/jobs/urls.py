"""Addresses."""

from django.urls import URLPattern, path

from bulou.platform.jobs import views

app_name = "jobs"
urlpatterns: list[URLPattern] = [
    path("", views.jobs, name="jobs"),
    path("<int:job_id>/retry", views.retry_job, name="retry_job"),
]
