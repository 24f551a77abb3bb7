"""The protocol over HTTP, as Django serves it: lists, forms, manifests, who is let in, Briefcase. The bare address has tests/site/test_openrosa.py."""

from __future__ import annotations

import base64
import mmap
from datetime import timedelta
from hashlib import md5
from tempfile import SpooledTemporaryFile
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from bulou.interfaces.openrosa import rates
from bulou.interfaces.openrosa.bare import whole
from bulou.interfaces.openrosa.door import Asked, submitted
from bulou.interfaces.openrosa.views import letting_in
from bulou.modules.collection.models import Attachment, Form, Media, Submission
from bulou.modules.collection.queries import sealed
from bulou.platform.accounts.models import User
from tests.kit.cast import NOW, Cast, County
from tests.kit.doors import XFORM, Doors, doors, new_id, published, xml

pytestmark = pytest.mark.django_db
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
BORDER = "----b"


@pytest.fixture
def door(county: County, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Doors:
    monkeypatch.setattr("bulou.platform.clock.now", lambda: NOW)
    rates.STRANGER.forget()
    letting_in._held.clear()
    return doors(county, cast)


def body(xml_bytes: bytes, files: dict[str, bytes] | None = None, name: str = "xml_submission_file") -> bytes:
    parts = [
        (name, "s.xml", "text/xml", xml_bytes),
        *((one, one, "image/jpeg", held) for one, held in (files or {}).items()),
    ]
    made = b"".join(
        f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + held + b"\r\n"
        for name, file, kind, held in parts
    )  # fmt: skip
    return made + f"--{BORDER}--\r\n".encode()


def post(address: str, content: bytes, **headers: Any) -> Any:
    kind = f"multipart/form-data; boundary={BORDER}"
    return Client().post(address, content, content_type=kind, headers={"X-OpenRosa-Version": "1.0"} | headers)


def get(address: str, **headers: Any) -> Any:
    return Client().get(address, headers={"X-OpenRosa-Version": "1.0"} | headers)


def rows(answer: Any, tag: str) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    return [
        {one.tag.rpartition("}")[2]: one.text or "" for one in row}
        for row in ElementTree.fromstring(answer.content).iter(tag)
    ]


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_a_submission_through_django_is_the_same_door(door: Doors) -> None:
    address, sent = f"/key/{door.tokens['village_clerk']}/submission", body(xml(new_id()))
    first = post(address, sent)
    assert (first.status_code, post(address, sent).status_code) == (201, 202)
    assert first.headers["X-OpenRosa-Version"] == "1.0"
    assert first.headers["Date"].endswith("GMT")
    assert int(first.headers["X-OpenRosa-Accept-Content-Length"]) >= 10_000_000
    assert (
        b'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="submit_success">'
        in first.content
    )
    assert door.counted() == 1


def test_head_is_204_with_a_token_and_401_without_credentials(door: Doors) -> None:
    found = Client().head(f"/key/{door.tokens['chief']}/submission")
    assert (found.status_code, found.content) == (204, b"")
    assert "X-OpenRosa-Accept-Content-Length" in found.headers
    asked = Client().head("/submission")
    assert asked.status_code == 401
    assert asked.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_bad_token_is_403_on_every_address(door: Doors) -> None:
    for where in (
        "formList",
        "forms/daily_health.xml",
        "formManifest/daily_health",
        "view/submissionList",
        "submission",
    ):
        assert get(f"/key/{'a' * 26}/{where}").status_code == 403
    assert post(f"/key/{'a' * 26}/submission", body(xml(new_id()))).status_code == 403


def test_another_protocol_is_400(door: Doors) -> None:
    address = f"/key/{door.tokens['chief']}/formList"
    assert get(address, **{"X-OpenRosa-Version": "2.0"}).status_code == 400
    assert get(address, **{"X-OpenRosa-Version": "1.1", "Date": "yesterday"}).status_code == 200


def test_the_list_names_each_open_form_once_and_whole(door: Doors) -> None:
    other, _version = published(door.operation, key="other form", version="2026 a&b")
    published(door.operation, key="hidden", state=Form.State.CLOSING)
    published(door.operation, key="draft", state=Form.State.DRAFT)
    below = f"/key/{door.tokens['village_clerk']}/"
    found = rows(get(below + "formList"), f"{LIST}xform")
    assert [one["formID"] for one in found] == ["daily_health", "other form"]
    for one in found:
        assert {"formID", "name", "version", "hash", "downloadUrl"} == set(one)
        got = get(one["downloadUrl"].replace("http://testserver", ""))
        assert got.content == XFORM
        assert one["hash"] == "md5:" + md5(got.content).hexdigest()
    assert [one["formID"] for one in rows(get(below + "formList?formID=other+form&verbose=true"), f"{LIST}xform")] == [
        other.key
    ]
    assert rows(get(below + "formList?formID=nosuch"), f"{LIST}xform") == []


def test_a_link_lists_its_own_form_and_a_person_what_they_owe(door: Doors) -> None:
    published(
        door.operation,
        key="other",
        mapping={"subject": {"kind": "person", "path": "person_id"}, "facts": {"well": "location"}},
    )
    me = door.county.people_of(0)[1]
    link = door.token(kind="personal", person=me, form=door.form, expires_at=NOW + timedelta(days=1))
    person = door.token(kind="browser", person=me)
    stranger = door.token(kind="browser", person=door.county.people_of(1)[0])
    for token, keys in ((link, ["daily_health"]), (person, ["daily_health"]), (stranger, [])):
        assert [one["formID"] for one in rows(get(f"/key/{token}/formList"), f"{LIST}xform")] == keys
        assert get(f"/key/{token}/forms/other.xml").status_code == 404


def test_the_manifest_names_files_and_lists_with_tags(door: Doors) -> None:
    content = b"\x89PNG"
    Media.objects.create(
        version=door.version, name="a b.png", content_type="image/png", content=content, digest=md5(content).hexdigest()
    )
    Media.objects.create(version=door.version, name="people.csv", entities="people")
    below = f"/key/{door.tokens['village_clerk']}/"
    [listed] = rows(get(below + "formList"), f"{LIST}xform")
    answer = get(listed["manifestUrl"].replace("http://testserver", ""))
    picture, people = rows(answer, f"{MANIFEST}mediaFile")
    assert b'<mediaFile type="entityList">' in answer.content
    assert picture["filename"] == "a b.png"
    for one in (picture, people):
        address = one["downloadUrl"].replace("http://testserver", "")
        got = get(address)
        assert one["hash"] == "md5:" + md5(got.content).hexdigest()
        assert get(address, **{"If-None-Match": got.headers["ETag"]}).status_code == 304
    assert str(door.county.people_of(0)[0].uuid) in got.content.decode()
    assert str(door.county.people_of(2)[0].uuid) not in got.content.decode()
    gone = get(people["integrityUrl"].replace("http://testserver", "") + f"?id={door.county.people_of(2)[0].uuid}")
    assert b"<deleted>true</deleted>" in gone.content


def test_a_name_and_a_password_are_asked_for_and_lock_together_with_the_address(door: Doors, cast: Cast) -> None:
    user = cast.village_clerk.user
    assert user is not None
    user.set_password("a long password")
    user.save()
    assert get("/formList").status_code == 401
    right = basic("village_clerk", "a long password")
    assert [one["formID"] for one in rows(get("/formList", **right), f"{LIST}xform")] == ["daily_health"]
    assert post("/submission", body(xml(new_id())), **right).status_code == 201
    assert get("/formList", **basic("village_clerk", "wrong")).status_code == 401
    letting_in._held.clear()
    for _ in range(5):
        assert get("/formList", **basic("village_clerk", "wrong")).status_code == 401
    assert get("/formList", **right).status_code == 401
    assert Client().get("/formList", headers=right, REMOTE_ADDR="10.0.0.9").status_code == 403


def test_a_password_that_changed_is_not_held(door: Doors, cast: Cast) -> None:
    user = cast.village_clerk.user
    assert user is not None
    user.set_password("a long password")
    user.save()
    right = basic("village_clerk", "a long password")
    assert get("/formList", **right).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert get("/formList", **right).status_code == 403
    User.objects.filter(pk=user.pk).update(is_active=True, must_change_password=True)
    assert get("/formList", **right).status_code == 403


def test_briefcase_pages_through_what_is_in_reach(door: Doors) -> None:
    ids = [new_id() for _ in range(3)]
    address = f"/key/{door.tokens['village_clerk']}/"
    for number, one in enumerate(ids):
        assert (
            post(address + "submission", body(xml(one, person=f"P00000{number}"), {"a.jpg": b"jpeg"})).status_code
            == 201
        )
    found, cursor = [], ""
    for _ in range(4):
        page = get(f"{address}view/submissionList?formId=daily_health&numEntries=2&cursor={cursor}")
        root = ElementTree.fromstring(page.content)
        found += [one.text for one in root.iter("{http://opendatakit.org/submissions}id")]
        cursor = root.findtext("{http://opendatakit.org/submissions}resumptionCursor") or ""
    assert found == ids
    one = get(
        address + f"view/downloadSubmission?formId=daily_health[@version=null and @uiVersion=null]/data[@key={ids[0]}]"
    )
    assert one.status_code == 200
    assert f'instanceID="{ids[0]}"'.encode() in one.content
    root = ElementTree.fromstring(one.content)
    [file] = root.iter("{http://opendatakit.org/submissions}mediaFile")
    where = (file.findtext("{http://opendatakit.org/submissions}downloadUrl") or "").replace("http://testserver", "")
    assert get(where).content == b"jpeg"
    there = f"/key/{door.tokens['neighbour']}/"
    assert b"<id>" not in get(f"{there}view/submissionList?formId=daily_health").content
    assert get(there + f"view/downloadSubmission?formId=daily_health/data[@key={ids[0]}]").status_code == 404
    assert get(where.replace(door.tokens["village_clerk"], door.tokens["neighbour"])).status_code == 404


def test_files_are_carried_forward_to_a_correction_that_still_names_them(door: Doors) -> None:
    first, second = new_id(), new_id()
    address = f"/key/{door.tokens['village_clerk']}/"
    named = "<location>a.jpg</location><symptoms>b.jpg</symptoms>"
    post(address + "submission", body(xml(first, extra=named), {"a.jpg": b"1", "b.jpg": b"2"}))
    fixed = xml(second, deprecates=first, extra="<location>a.jpg</location><symptoms>c.jpg</symptoms>")
    assert post(address + "submission", body(fixed, {"c.jpg": b"3"})).status_code == 201
    one = get(address + f"view/downloadSubmission?formId=daily_health/data[@key={second}]")
    names = [
        file.text for file in ElementTree.fromstring(one.content).iter("{http://opendatakit.org/submissions}filename")
    ]
    assert names == ["a.jpg", "c.jpg"]
    assert Submission.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (body(b"<data/>", name="other"), None, 400),
        (xml("uuid:1"), "text/xml", 400),
        (body(xml("uuid:1"))[:-40], None, 400),
        (body(xml("uuid:1")).replace(b"--\r\n", b"\r\n"), None, 400),
        (body(xml("uuid:1"), {"../../x": b""}), None, 201),
        (body(xml("uuid:1"), {"..": b""}), None, 400),
        (body(xml("uuid:1")) + body(xml("uuid:1")), None, 201),
    ],
)
def test_what_is_no_form_is_refused(door: Doors, content: bytes, kind: str | None, status: int) -> None:
    address = f"/key/{door.tokens['chief']}/submission"
    sent = Client().post(address, content, content_type=kind or f"multipart/form-data; boundary={BORDER}")
    assert (sent.status_code, Submission.objects.count()) == (status, int(status == 201))


def test_a_large_body_is_read_from_where_it_lies_on_disk(door: Doors) -> None:
    picture = bytes(range(256)) * 12_000
    with SpooledTemporaryFile(1_000_000) as taken:
        taken.write(body(xml(new_id()), {"a.bin": picture}))
        taken.seek(0)
        held = whole(taken)
        assert isinstance(held, mmap.mmap)
        asked = Asked(f"multipart/form-data; boundary={BORDER}", held, "1.0")
        assert submitted(asked, door.sender("village_clerk")).status == 201
    one = Attachment.objects.select_related("submission").get()
    assert sealed.open_file(one.sealed or b"", one.submission.instance_id, "a.bin") == picture


def test_answers_are_in_the_tokens_language(door: Doors) -> None:
    address = f"/key/{door.token(user=door.cast.village_clerk.user, language='en')}/submission"
    assert "Received." in post(address, body(xml(new_id()))).content.decode()
    address = f"/key/{door.token(user=door.cast.village_clerk.user, language='bo')}/submission"
    assert "已收到" in post(address, body(xml(new_id()))).content.decode()
