"""The platform as a Django app: it carries the shared translations; its parts are apps of their own."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "bulou.platform"
    label = "platform"
