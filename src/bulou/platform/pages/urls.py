"""Addresses."""

from django.urls import URLPattern, path

from bulou.platform.pages import views

app_name = "pages"
urlpatterns: list[URLPattern] = [
    path("language", views.choose_language, name="language"),
    path("kit", views.showcase_page, name="showcase"),
    path("kit/people", views.find_shown, name="find_shown"),
]
