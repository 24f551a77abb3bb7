"""Getting a token for a phone, people met while out, and files of sealed reports that anybody may carry."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bulou.interfaces.field.tests.rounds import lay
from bulou.modules.collection.models import Attachment, Held, Submission, Token
from bulou.modules.collection.services.carrying import county_key
from bulou.modules.collection.services.tokens import revoke_token
from bulou.modules.ledger.models import Record
from bulou.modules.registry.models import Household, Person
from bulou.platform import clock

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def round_(county, cast):
    return lay(county, cast)


def report(person, well="yes", instance=""):
    instance = instance or f"uuid:{uuid4()}"
    return instance, (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="daily_health" version="1"><person_id>{person}</person_id><well>{well}</well>'
        f"<orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    )


def sealed(head, files=(), kid="", number=None):
    """One item as the phone's scripts write it."""
    county = county_key()
    body = json.dumps(head | {"files": [{"name": n, "type": "image/jpeg", "size": len(c)} for n, c in files]}).encode()
    content = len(body).to_bytes(4, "big") + body + b"".join(c for _n, c in files)
    own, iv = os.urandom(32), os.urandom(12)
    theirs = b64decode(county["key"])
    pair = ec.generate_private_key(ec.SECP256R1())
    mine = pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = pair.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    key = HKDF(algorithm=SHA256(), length=32, salt=mine + theirs, info=b"bulou carry 1").derive(shared)
    wrap = os.urandom(12)
    ct = AESGCM(own).encrypt(iv, content, None)
    to = {
        "kid": kid or county["kid"],
        "eph": text(mine),
        "iv": text(wrap),
        "ct": text(AESGCM(key).encrypt(wrap, own, None)),
    }
    line = json.dumps(
        {"id": number or head.get("id", "x"), "kind": head["kind"], "iv": text(iv), "size": len(ct), "to": to}
    ).encode()
    return len(line).to_bytes(4, "big") + line + ct


def text(raw):
    return b64encode(raw).decode()


def carry(*items, raw=None):
    body = b"BULOU1\n" + b"".join(items) if raw is None else raw
    return Client().post("/field/carry", body, content_type="application/octet-stream")


def test_signing_in_once_gives_a_token_and_a_key_only_this_account_gets_again(round_):
    client = Client()
    client.force_login(round_.cast.village_clerk.user, backend=BACKEND)
    said = client.get("/field/session.json").json()
    assert said["name"] == round_.cast.village_clerk.viewer.name
    room = str(uuid4())

    def enrol(who):
        return who.post(
            "/field/enrol", json.dumps({"vault": room, "language": "bo"}), content_type="application/json"
        ).json()

    first, again = enrol(client), enrol(client)
    assert first["recovery"] == again["recovery"]
    assert first["token"] != again["token"]
    assert first["county"] == county_key()
    assert Token.objects.filter(kind="browser", user=round_.cast.village_clerk.user, language="bo").count() == 2
    assert Client().get(f"/key/{first['token']}/field.json").status_code == 200
    other = Client()
    other.force_login(round_.cast.township_lead.user, backend=BACKEND)
    assert enrol(other)["recovery"] != first["recovery"]
    assert (
        client.post(
            "/field/enrol", "{}", content_type="application/json", headers={"accept": "application/json"}
        ).status_code
        == 400
    )


def test_a_field_page_needs_a_csrf_token_to_sign_in_and_none_to_send(round_):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(round_.cast.village_clerk.user, backend=BACKEND)
    assert (
        strict.post("/field/enrol", json.dumps({"vault": str(uuid4())}), content_type="application/json").status_code
        == 403
    )
    assert strict.post("/field/carry", b"BULOU1\n", content_type="application/octet-stream").status_code == 200


def test_a_file_carried_twice_counts_once_and_names_what_became_of_each(round_):
    token, person = round_.token(), round_.county.people_of(0)[1]
    one, xml = report(person.uuid)
    two, other = report(round_.county.people_of(0)[2].uuid, "no")
    stray, third = report(uuid4())
    items = [sealed({"kind": "submission", "token": token, "xml": x, "id": i}, f)
             for i, x, f in ((one, xml, ()), (two, other, (("a.jpg", b"\xff\xd8picture"),)), (stray, third, ()))]  # fmt: skip
    first = carry(*items).json()["items"]
    assert [(item["id"], item["status"], bool(item["held"])) for item in first] == [
        (one, 201, False),
        (two, 201, False),
        (stray, 202, True),
    ]
    assert [item["status"] for item in carry(*items).json()["items"]] == [202, 202, 202]
    assert (Submission.objects.count(), Record.objects.count(), Attachment.objects.count(), Held.objects.count()) == (
        3,
        2,
        1,
        1,
    )
    assert Submission.objects.get(instance_id=one).user_id == round_.cast.village_clerk.user.pk
    assert set(Submission.objects.values_list("source", flat=True)) == {"carried"}


def test_what_cannot_be_opened_or_is_signed_out_hinders_no_other(round_):
    token, person = round_.token(), round_.county.people_of(0)[1]
    gone = round_.token("township_lead")
    revoke_token(by=round_.cast.township_lead.viewer, token_id=Token.objects.latest("id").pk, now=clock.now())
    good, xml = report(person.uuid)
    altered = bytearray(sealed({"kind": "submission", "token": token, "xml": xml, "id": "altered"}))
    altered[-1] ^= 1
    items = [
        bytes(altered),
        sealed({"kind": "submission", "token": token, "xml": xml, "id": "foreign"}, kid="0" * 16),
        sealed({"kind": "submission", "token": gone, "xml": xml, "id": "gone"}),
        sealed({"kind": "submission", "token": token, "xml": "<data", "id": "broken"}),
        sealed({"kind": "submission", "token": token, "xml": xml, "id": good}),
    ]
    found = carry(*items).json()["items"]
    assert [item["status"] for item in found] == [422, 422, 403, 400, 201]
    assert all(item["sentence"] for item in found[:4])
    assert Record.objects.count() == 1


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"BULOU1\n\x00\x00", b"BULOU1\n\xff\xff\xff\xff{}", b"BULOU1\n\x00\x00\x00\x02{}",
                                 b"BULOU1\n\x00\x00\x00\x02[]", b'BULOU1\n\x00\x00\x00\x0b{"size":-1}'])  # fmt: skip
def test_what_is_no_such_file_is_refused_with_a_sentence(round_, raw):
    answer = carry(raw=raw)
    assert (answer.status_code, answer.json()["code"]) == (400, "collection.not_a_file")
    assert answer.json()["sentence"]


def test_somebody_met_while_out_is_registered_once_and_their_report_counts(round_):
    token = round_.token()
    person, house = str(uuid4()), str(uuid4())
    sent = {"id": house, "place": round_.county.villages[0].code, "new_household": True, "kind": "herding_camp", "address": "冬窝子",
            "people": [{"id": person, "name": "索南", "sex": "m"}]}  # fmt: skip

    def register():
        return Client().post(f"/key/{token}/newcomers.json", json.dumps(sent), content_type="application/json")

    assert [register().status_code, register().status_code] == [201, 202]
    made = Person.objects.get(uuid=person)
    assert made.is_temporary
    assert made.household == Household.objects.get(code="T" + house.replace("-", "")[:12])
    day = Client().get(f"/key/{token}/field.json").json()
    assert next(row for row in day["people"] if row["id"] == person)["temporary"]
    again = carry(sealed({"kind": "newcomer", "token": token, "newcomer": sent, "id": house})).json()["items"][0]
    assert again["status"] == 202


def test_a_registration_that_says_nothing_is_refused_and_so_is_one_elsewhere(round_):
    token = round_.token()

    def register(sent):
        return Client().post(f"/key/{token}/newcomers.json", json.dumps(sent), content_type="application/json")

    there = {
        "id": str(uuid4()),
        "place": round_.county.villages[2].code,
        "people": [{"id": str(uuid4()), "name": "某人"}],
    }
    assert [
        register(one).status_code for one in ({"id": "x"}, {"id": str(uuid4()), "place": 3, "people": []}, there)
    ] == [400, 400, 422]
    assert register(there).json()["code"] == "registry.place_unknown"
    assert Client().post(f"/key/{'b' * 26}/newcomers.json", "{}", content_type="application/json").status_code == 403


def test_a_report_that_comes_before_the_person_it_is_about_waits_and_then_counts(round_):
    token, person = round_.token(), str(uuid4())
    instance, xml = report(person)
    item = sealed({"kind": "submission", "token": token, "xml": xml, "id": instance})
    stray, other = report(uuid4())
    first = carry(item, sealed({"kind": "submission", "token": token, "xml": other, "id": stray})).json()["items"]
    assert [(one["status"], one["held"]) for one in first] == [(202, "subject"), (202, "subject")]
    assert Record.objects.count() == 0
    sent = {
        "id": str(uuid4()),
        "place": round_.county.villages[0].code,
        "new_household": True,
        "people": [{"id": person, "name": "索南"}],
    }
    assert (
        Client().post(f"/key/{token}/newcomers.json", json.dumps(sent), content_type="application/json").status_code
        == 201
    )
    assert Record.objects.get().subject_id == Person.objects.get(uuid=person).pk
    settled = Held.objects.get(instance_id=instance)
    assert (settled.outcome, settled.record_id) == ("joined", Record.objects.get().pk)
    assert Held.objects.get(instance_id=stray).settled_at is None
    assert carry(item).json()["items"][0]["status"] == 202
    assert Record.objects.count() == 1


def test_the_door_tells_a_page_why_a_report_waits(round_):
    _instance, xml = report(uuid4())
    part = SimpleUploadedFile("submission.xml", xml.encode(), "text/xml")
    answer = Client().post(
        f"/key/{round_.token()}/submission", {"xml_submission_file": part}, headers={"x-openrosa-version": "1.0"}
    )
    assert (answer.status_code, answer.headers["X-Bulou-Held"]) == (202, "subject")
