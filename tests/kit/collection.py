"""Building forms and submissions for tests, as the doors leave them in the tables: sealed XML, plain answers, sealed sensitive ones."""

from __future__ import annotations

from datetime import datetime
from hashlib import md5, sha256
from typing import Any
from uuid import uuid4

from bulou.modules.collection.models import Attachment, Form, FormVersion, Held, Submission
from bulou.modules.collection.queries import sealed

TREE: dict[str, Any] = {
    "root": "data",
    "meta": "orx",
    "languages": ["zh", "en"],
    "default": "zh",
    "title": "Daily health report",
    "questions": [
        {"path": "person_id", "name": "person_id", "kind": "text", "label": {"zh": "人员编号", "en": "Person"}},
        {"path": "report_date", "name": "report_date", "kind": "date", "label": {"zh": "日期", "en": "Day"}},
        {
            "path": "health",
            "name": "health",
            "kind": "group",
            "label": {"zh": "健康", "en": "Health"},
            "children": [
                {
                    "path": "health/temperature",
                    "name": "temperature",
                    "kind": "decimal",
                    "label": {"zh": "体温", "en": "Temperature"},
                    "fact": "temperature",
                },
                {
                    "path": "health/symptoms",
                    "name": "symptoms",
                    "kind": "select_multiple",
                    "label": {"zh": "症状", "en": "Symptoms"},
                    "choices": [
                        {"name": "fever", "label": {"zh": "发热", "en": "Fever"}},
                        {"name": "cough", "label": {"zh": "咳嗽", "en": "Cough"}},
                    ],
                },
                {
                    "path": "health/test_result",
                    "name": "test_result",
                    "kind": "text",
                    "label": {"zh": "检测结果", "en": "Test result"},
                    "fact": "test_result",
                    "sensitive": True,
                },
            ],
        },
        {"path": "photo", "name": "photo", "kind": "image", "label": {"zh": "照片", "en": "Photo"}},
        {"path": "where", "name": "where", "kind": "geopoint", "label": {"zh": "位置", "en": "Where"}},
        {
            "path": "people",
            "name": "people",
            "kind": "repeat",
            "label": {"zh": "同住人", "en": "People"},
            "children": [
                {"path": "people/name", "name": "name", "kind": "text", "label": {"zh": "姓名", "en": "Name"}},
                {"path": "people/age", "name": "age", "kind": "integer", "label": {"zh": "年龄", "en": "Age"}},
            ],
        },
    ],
}
MAPPING = {
    "subject": {"kind": "person", "path": "person_id"},
    "happened": {"path": "report_date"},
    "facts": {"temperature": "health/temperature", "test_result": "health/test_result"},
}


def version_of(form: Form, now: datetime, *, name: str = "1", tree: dict[str, Any] | None = None) -> FormVersion:
    """A published version of a form, with questions of every kind the registers and exports must know."""
    number = FormVersion.objects.filter(form=form).count() + 1
    xform = f"<h:html version='{name}'/>".encode()
    return FormVersion.objects.create(
        form=form, version=name, number=number, title=form.title, xform=xform, digest=md5(xform).hexdigest(), tree=tree or TREE,
        mapping=MAPPING, languages=["zh", "en"], made_at=now, published_at=now, actor_name="tests",
    )  # fmt: skip


def submit(version: FormVersion, *, now: datetime, secret: dict[str, Any] | None = None, **given: Any) -> Submission:
    """A submission as the door stores it. `given` are its columns; `secret` the sensitive answers."""
    instance_id = given.pop("instance_id", None) or f"uuid:{uuid4()}"
    answers = given.pop("answers", {"health/temperature": "36.5"})
    xml = given.pop(
        "xml", f'<data id="{version.form.key}" version="{version.version}"><n>{instance_id}</n></data>'.encode()
    )
    said = {
        "instance_id": instance_id, "chain": given.pop("chain", instance_id), "version": version, "form_id": version.form_id,
        "digest": sha256(xml).digest(), "size": len(xml), "xml": sealed.seal_xml(xml, instance_id), "answers": answers,
        "sealed": sealed.seal_answers(secret, instance_id) if secret else None, "happened_at": now, "received_at": now,
        "sender_name": "扎西达杰", "source": "collect",
    }  # fmt: skip
    return Submission.objects.create(**said | given)


def attach(
    submission: Submission, name: str, content: bytes, *, now: datetime, content_type: str = "image/jpeg"
) -> Attachment:
    """A file sent with it."""
    return Attachment.objects.create(
        submission=submission, name=name, content_type=content_type, size=len(content), digest=sha256(content).digest(),
        sealed=sealed.seal_file(content, submission.instance_id, name), received_at=now,
    )  # fmt: skip


def hold(about: Submission, reason: str, *, now: datetime, **given: Any) -> Held:
    """What the door leaves for a person to settle."""
    said = {
        "submission": about, "instance_id": about.instance_id, "form_id": about.form_id,
        "operation_id": about.form.operation_id, "reason": reason, "digest": about.digest, "sender_name": about.sender_name,
        "held_at": now, "person_id": about.person_id,
    }  # fmt: skip
    return Held.objects.create(**said | given)
