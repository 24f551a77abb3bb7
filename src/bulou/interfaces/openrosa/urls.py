"""Addresses of the form protocol, from the root as its clients expect: by themselves with a password, or below a token."""

from django.urls import URLPattern, URLResolver, path

from bulou.interfaces.openrosa.views import briefcase, lists, submissions

app_name = "openrosa"
urlpatterns: list[URLPattern | URLResolver] = [
    path("submission", submissions.submission, name="submission"),
    path("formList", lists.form_list, name="form_list"),
    path("formManifest/<path:key>", lists.manifest, name="manifest"),
    path("forms/<path:key>.xml", lists.form, name="form"),
    path("media/<int:media_id>/<str:name>", lists.media, name="media"),
    path("integrity/<str:kind>", lists.integrity, name="integrity"),
    path("view/submissionList", briefcase.submission_list, name="submission_list"),
    path("view/downloadSubmission", briefcase.download, name="download"),
    path("view/file/<int:attachment_id>/<str:name>", briefcase.file, name="file"),
    path("key/<str:token>/submission", submissions.submission, name="key_submission"),
    path("key/<str:token>/formList", lists.form_list, name="key_form_list"),
    path("key/<str:token>/formManifest/<path:key>", lists.manifest, name="key_manifest"),
    path("key/<str:token>/forms/<path:key>.xml", lists.form, name="key_form"),
    path("key/<str:token>/media/<int:media_id>/<str:name>", lists.media, name="key_media"),
    path("key/<str:token>/integrity/<str:kind>", lists.integrity, name="key_integrity"),
    path("key/<str:token>/view/submissionList", briefcase.submission_list, name="key_submission_list"),
    path("key/<str:token>/view/downloadSubmission", briefcase.download, name="key_download"),
    path("key/<str:token>/view/file/<int:attachment_id>/<str:name>", briefcase.file, name="key_file"),
]
