"""Reads: a person sees the files he sent, nobody else's."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from bulou.platform.access.viewer import Viewer
from bulou.platform.sheets.models import Upload


def uploads(viewer: Viewer, spec: str) -> QuerySet[Upload]:
    """The viewer's own files for one import, newest first, without their content."""
    return Upload.objects.filter(actor_id=viewer.user_id or -1, spec=spec).defer("content").order_by("-at")


def upload(viewer: Viewer, key: UUID) -> Upload:
    """One of the viewer's own files; 404 for anybody else's."""
    found = Upload.objects.filter(pk=key, actor_id=viewer.user_id or -1).first()
    if found is None:
        raise Http404
    return found
