"""Addresses of imports."""

from django.urls import path

from bulou.platform.sheets import views

app_name = "sheets"
urlpatterns = [
    path("", views.index, name="index"),
    path("import/<str:spec>/", views.start, name="start"),
    path("import/<str:spec>/template.xlsx", views.template, name="template"),
    path("upload/<uuid:key>/", views.upload, name="upload"),
    path("upload/<uuid:key>/mapping", views.remap, name="remap"),
    path("upload/<uuid:key>/load", views.load, name="load"),
    path("upload/<uuid:key>/drop", views.drop, name="drop"),
    path("upload/<uuid:key>/bad-rows.xlsx", views.bad_rows, name="bad_rows"),
]
