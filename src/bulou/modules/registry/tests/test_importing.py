"""Lists from Excel meet the register: known people are brought up to date, new ones written, everything doubtful told and left out."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter
from django.urls import reverse

from bulou.modules.registry.models import Declaration, Document, Household, Membership, Person, Phone
from bulou.modules.registry.rules.identity import check_character
from bulou.modules.registry.services.importing import DECLARED, MEMBERS, PEOPLE
from bulou.platform.access.viewer import Viewer
from bulou.platform.sheets import services
from bulou.platform.sheets.models import Upload
from bulou.platform.sheets.services import verdict_of
from bulou.platform.sheets.spec import ImportSpec
from tests.kit.cast import NOW

pytestmark = pytest.mark.django_db


def number(order: str, born: str = "19800102", area: str = "632726") -> str:
    first = f"{area}{born}{order}"
    return first + check_character(first)


def sheet(*rows: tuple[object, ...]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("名单")
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
    return stream.getvalue()


def send(spec: ImportSpec, by: Viewer, *rows: tuple[object, ...]) -> Upload:
    return services.receive_upload(by=by, spec=spec, name="名单.xlsx", content=sheet(*rows), once=uuid4(), now=NOW)


def load(upload: Upload, by: Viewer) -> Upload:
    return services.load_upload(
        by=by, upload=upload, only_good=True, version=upload.version, why="returnees of January", now=NOW
    )


def reasons(upload: Upload, by: Viewer) -> dict[int, list[str]]:
    return {
        row.number: [reason.code for reason in row.reasons]
        for row in verdict_of(upload, viewer=by, now=NOW).rows
        if row.reasons
    }


HEAD = ("所在村", "户号", "姓名", "与户主关系", "身份证号", "联系电话", "现住址")


def test_a_list_of_a_village_becomes_households_and_people(county: Any, cast: Any) -> None:
    by, village = cast.chief.viewer, county.villages[0]
    before = Person.objects.count()
    done = load(
        send(
            PEOPLE,
            by,
            HEAD,
            (village.name, "7", "洛松", "户主", number("001"), "13900001111，0976-1234567", "牧场一号"),
            (village.name, "7", "白玛", "妻子", number("002"), "13900001111", ""),
            (village.code, "8", "阿卜杜拉.买买提", "户主", "", "", ""),
        ),
        by,
    )
    assert (done.loaded_rows, Person.objects.count() - before) == (3, 3)
    head = Person.objects.get(name="洛松")
    assert head.household is not None
    assert (head.household.head_id, head.household.people.count(), head.relation) == (head.pk, 2, "head")
    assert (head.sex, head.born_on.isoformat()) == ("m", "1980-01-02"), "read from the number"
    assert list(head.phones.order_by("rank").values_list("number", flat=True)) == ["13900001111", "09761234567"]
    assert Person.objects.filter(name="阿卜杜拉·买买提", place=village).exists()
    assert number("001").encode() not in bytes(Document.objects.get(person=head).sealed)


def test_the_same_list_again_changes_nothing_and_a_fuller_one_only_what_it_says(county: Any, cast: Any) -> None:
    by, village = cast.chief.viewer, county.villages[0]
    rows = [HEAD, (village.name, "7", "洛松", "户主", number("001"), "13900001111", "")]
    load(send(PEOPLE, by, *rows), by)
    again = send(PEOPLE, by, *rows)
    assert (again.counts["same"], again.counts["new"]) == (1, 0)
    fuller = send(PEOPLE, by, HEAD, (village.name, "7", "洛松", "户主", number("001"), "13900002222", "牧场二号"))
    assert fuller.counts["change"] == 1
    load(fuller, by)
    person = Person.objects.get(name="洛松")
    assert person.address == "牧场二号"
    assert set(Phone.objects.filter(person=person).values_list("number", flat=True)) == {"13900001111", "13900002222"}
    assert Household.objects.filter(place=village, people=person).count() == 1


def test_whoever_has_no_number_is_known_by_name_birth_and_village(county: Any, cast: Any) -> None:
    by, village = cast.chief.viewer, county.villages[0]
    head = ("村", "姓名", "出生日期", "工作单位")
    load(send(PEOPLE, by, head, (village.name, "次仁", "1990-05-06", "")), by)
    again = send(
        PEOPLE, by, head, (village.name, "次仁", "1990年5月6日", "县医院"), (village.name, "次仁", "1991-05-06", "")
    )
    assert (again.counts["change"], again.counts["new"]) == (1, 1), "another birthday is another person"


def test_every_fault_has_its_row_its_column_and_its_sentence(county: Any, cast: Any) -> None:
    by, village = cast.chief.viewer, county.villages[0]
    wrong = number("005")[:-1] + ("1" if number("005")[-1] != "1" else "2")
    upload = send(
        PEOPLE,
        by,
        HEAD,
        ("没有的村", "", "甲", "", "", "", ""),
        (village.name, "", "乙", "", wrong, "", ""),
        (village.name, "", "", "", "", "", ""),
        (village.name, "", "丁", "", "", "12", ""),
        (village.name, "9", "戊", "户主", number("003"), "", ""),
        (village.name, "9", "己", "户主", "", "", ""),
        (village.name, "", "庚", "", number("003"), "", ""),
        (village.name, county.households_of(0)[0].code, "辛", "户主", "", "", ""),
    )
    assert reasons(upload, by) == {
        2: ["registry.place_unknown"],
        3: ["registry.document_check"],
        4: ["sheets.required"],
        5: ["registry.phone_form"],
        7: ["registry.two_heads_in_file"],
        8: ["registry.twice_in_file"],
        9: ["registry.household_has_head"],
    }
    assert upload.counts["new"] == 1


def test_a_clerk_imports_into_his_own_village_only_and_learns_nothing_of_others(county: Any, cast: Any) -> None:
    clerk, other = cast.village_clerk.viewer, county.villages[2]
    elsewhere = county.people_of(2)[0]
    upload = send(
        PEOPLE,
        clerk,
        HEAD,
        (other.name, "", "甲", "", "", "", ""),
        (county.villages[0].name, "", elsewhere.name, "", "", "", ""),
    )
    assert reasons(upload, clerk) == {2: ["registry.place_unknown"]}
    assert upload.counts["new"] == 1, "somebody registered elsewhere is new here, and the pair is proposed to a lead"


def test_declared_figures_come_from_the_township_list(county: Any, cast: Any) -> None:
    by = cast.chief.viewer
    first, second = county.villages[0], county.villages[1]
    done = load(
        send(
            DECLARED,
            by,
            ("行政村", "户数", "人口"),
            (first.name, 120, "1,377"),
            (second.name, 80, 70),
            (first.name, 1, 5),
            ("合计", 200, 1447),
        ),
        by,
    )
    assert done.loaded_rows == 1
    assert Declaration.objects.filter(place=first).latest("pk").population == 1377
    assert done.returned_rows == [3, 4], "more households than people, and a village said twice"


def test_members_are_put_into_units_and_the_unknown_are_told(county: Any, cast: Any) -> None:
    by, known = cast.chief.viewer, county.people_of(1)[4]
    Person.objects.filter(pk=known.pk).update(name="只此一人")
    upload = send(
        MEMBERS,
        by,
        ("单位", "姓名", "职责", "用工性质", "原单位"),
        (county.office.name, "只此一人", "副组长", "借调", county.hq.name),
        (county.office.name, "查无此人", "", "", ""),
        ("没有的单位", "只此一人", "", "", ""),
    )
    assert reasons(upload, by) == {3: ["registry.person_unknown"], 4: ["registry.unit_unknown"]}
    load(upload, by)
    made = Membership.objects.get(person=known, unit=county.office)
    assert (made.part, made.terms, made.seconded_from_id) == ("deputy", "support", county.hq.pk)
    again = send(MEMBERS, by, ("单位", "姓名", "职责"), (county.office.name, "只此一人", "副组长"))
    assert again.counts["same"] == 1


def test_the_pages_lead_from_a_file_to_the_register(client: Any, county: Any, cast: Any) -> None:
    client.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    file = io.BytesIO(
        sheet(
            HEAD,
            (county.villages[0].name, "7", "洛松", "户主", number("001"), "", ""),
            ("没有的村", "", "甲", "", "", "", ""),
        )
    )
    file.name = "名单.xlsx"
    sent = client.post(reverse("sheets:start", args=["registry.people"]), {"once": str(uuid4()), "file": file})
    assert sent.status_code == 302, sent.content.decode()[-1500:]
    shown = client.get(sent.headers["Location"])
    page = shown.content.decode()
    assert "没有的村" in page
    key = sent.headers["Location"].rstrip("/").rsplit("/", 1)[-1]
    given = {
        "once": str(uuid4()),
        "version": shown.context["form"]["version"].value() or 1,
        "only_good": "true",
        "why": "-",
    }
    done = client.post(reverse("sheets:load", args=[key]), given)
    assert done.status_code == 302, done.content.decode()[-1500:]
    assert Person.objects.filter(name="洛松").exists()
    assert client.get(reverse("sheets:bad_rows", args=[key])).content[:2] == b"PK"
    assert client.get(reverse("sheets:template", args=["registry.people"])).content[:2] == b"PK"
    client.force_login(cast.neighbour.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("sheets:upload", args=[key])).status_code == 404
