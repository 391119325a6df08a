"""The catalogue through the facade: a folder is put up by one person, published by another, and retired."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from domain.people import Role
from pathways.sources import files_of
from records import audit, catalogue, clinics, drafts
from records.compiled import stored
from records.ids import new_id
from tests.api.bench import Bench

SHIPPED = Path(__file__).resolve().parents[2] / "pathways" / "shipped"
CODE = "first-contact"
FILE, OTHER = f"pathways/{CODE}.yaml", "pathways/therapist-follow-up.yaml"
DRAFTS = "/pathways/drafts"
Headers = dict[str, str]
Json = Any


class House:
    """A clinic with an author and two head doctors, whose folder is the shipped one's under its own name."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.files = {
            path: written
            for path, written in files_of(SHIPPED).items()
            if path.partition("/")[0] not in ("pathways", "stories") or path in (FILE, OTHER)
        }
        self.change("clinic.yaml", "clinic: cl-demo", f"clinic: {bench.clinic}")
        self.admin: Headers = {}
        self.head: Headers = {}
        self.people: dict[str, str] = {}

    async def open(self) -> "House":
        for name, role in (("admin", Role.CLINIC_ADMIN), ("head", Role.HEAD_DOCTOR), ("second", Role.HEAD_DOCTOR)):
            self.people[name] = await self.bench.employee(role)
        self.admin, self.head = self.of("admin"), self.of("head")
        return self

    def of(self, name: str) -> Headers:
        """Somebody's headers."""
        return self.bench.headers(self.people[name]) | {"Accept-Language": "en"}

    def change(self, file: str, old: str, new: str) -> None:
        """Write something else in a file."""
        assert old in self.files[file], old
        self.files[file] = self.files[file].replace(old, new)

    async def put_up(self, who: Headers | None = None) -> Json:
        """Put the folder up."""
        return await self.bench.send(who or self.admin, "POST", DRAFTS, {"files": self.files})

    async def look(self, code: str = CODE, version: int = 1) -> Json:
        """A draft as the head doctor sees it."""
        answer = await self.bench.http.get(f"{DRAFTS}/{code}/{version}", headers=self.head)
        return answer.json()

    async def publish(self, sha256: str, who: Headers | None = None, version: int = 1, code: str = CODE) -> Json:
        """Publish what was looked at."""
        path = f"{DRAFTS}/{code}/{version}/publish"
        return await self.bench.send(who or self.head, "POST", path, {"sha256": sha256})

    async def published(self, version: int = 1) -> None:
        """Put up and publish."""
        assert (await self.put_up()).status_code == 201
        assert (await self.publish((await self.look(version=version))["sha256"], version=version)).status_code == 201

    async def retire(self, who: Headers | None = None, version: int = 1) -> Json:
        """Retire a version."""
        path = f"/pathways/{CODE}/{version}/retire"
        return await self.bench.send(who or self.head, "POST", path, {"reason": "replaced"})

    async def begin(self, key: str | None = None) -> Json:
        """Begin a consultation."""
        return await self.bench.send(self.bench.as_patient(), "POST", "/consultations", {"pathway": CODE}, key)

    async def offered(self) -> list[tuple[str, int]]:
        """What a patient may begin."""
        answer = await self.bench.http.get("/pathways", headers=self.bench.as_patient())
        return [(line["code"], line["version"]) for line in answer.json()]


@pytest.fixture
async def house(bench: Bench) -> House:
    """A clinic that publishes."""
    return await House(bench).open()


def code_of(answer: Json) -> tuple[int, str]:
    """A problem's status and code."""
    return answer.status_code, answer.json()["code"]


async def test_a_broken_folder_is_told_what_is_wrong_where_and_how_to_mend_it(house: House) -> None:
    house.change(FILE, "pool: therapists", "pool: surgeons")
    answer = await house.put_up()
    assert code_of(answer) == (422, "broken_folder")
    (error,) = answer.json()["errors"]
    assert error["at"].startswith(f"{FILE}:")
    assert "surgeons" in error["what"]
    assert error["mend"]
    listed = await house.bench.http.get("/pathways?all=true", headers=house.admin)
    assert listed.json() == []


async def test_a_folder_goes_from_draft_to_patients_by_two_people(house: House) -> None:
    put_up = await house.put_up()
    assert put_up.status_code == 201, put_up.text
    assert CODE in [line["code"] for line in put_up.json()["drafts"]]
    assert await house.offered() == []
    assert code_of(await house.begin()) == (404, "no_such_pathway")

    seen = await house.look()
    assert seen["author"] == house.people["admin"]
    assert seen["files"] == house.files
    assert seen["pathway"]["code"] == CODE
    assert seen["findings"] == []
    assert seen["changes"] is None
    assert CODE in seen["bound"]
    answer = await house.publish(seen["sha256"])
    assert answer.status_code == 201, answer.text
    line = answer.json()
    assert (line["author"], line["published_by"]) == (house.people["admin"], house.people["head"])
    assert await house.offered() == [(CODE, 1)]
    assert (await house.begin()).status_code == 201

    version = (await house.bench.http.get(f"/pathways/{CODE}/1", headers=house.admin)).json()
    assert version["files"] == house.files
    assert version["line"] == line
    assert version["pathway"] == seen["pathway"]
    latest = await house.bench.http.get(f"/pathways/{CODE}", headers=house.admin)
    assert latest.json() == seen["pathway"]


async def test_publishing_makes_the_clinic_of_the_folder_live(house: House) -> None:
    house.change("clinic.yaml", "zone: Europe/Moscow", "zone: Asia/Omsk")
    await house.put_up()
    async with house.bench.db.clinic(house.bench.clinic) as session:
        before = await clinics.get(session)
    await house.publish((await house.look())["sha256"])
    async with house.bench.db.clinic(house.bench.clinic) as session:
        after = await clinics.get(session)
    assert before is not None
    assert after is not None
    assert (before.folder, before.zone) == ({}, "Europe/Moscow")
    assert after.zone == "Asia/Omsk"
    assert "therapists" in after.folder["pools"]
    assert set(after.folder["labs"]) >= {"north"}


async def test_nobody_publishes_his_own_draft_and_only_a_head_doctor_publishes(house: House) -> None:
    await house.put_up(house.head)
    sha256 = (await house.look())["sha256"]
    assert code_of(await house.publish(sha256, house.head)) == (403, "own_draft")
    assert code_of(await house.publish(sha256, house.admin)) == (403, "forbidden")
    assert (await house.publish(sha256, house.of("second"))).status_code == 201


async def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(house: House) -> None:
    await house.put_up()
    seen = await house.look()
    # What it compiles to is the same; what was written is not.
    house.files[FILE] += "\n# and a word\n"
    await house.put_up()
    assert code_of(await house.publish(seen["sha256"])) == (409, "draft_changed")
    again = await house.look()
    assert again["sha256"] != seen["sha256"]
    assert again["pathway"] == seen["pathway"]
    assert (await house.publish(again["sha256"])).status_code == 201


async def test_a_draft_shows_what_it_changes_against_what_is_published(house: House) -> None:
    await house.published()
    house.change(FILE, "version: 1", "version: 2")
    house.change(FILE, "within: 30m", "within: 45m")
    await house.put_up()
    changes = (await house.look(version=2))["changes"]
    assert changes["version"] == 1
    assert changes["words"]
    assert "+version: 2" in changes["files"].splitlines()
    assert f"+++ new/{FILE}" in changes["files"].splitlines()
    assert "clinic.yaml" not in changes["files"]


async def test_a_published_version_never_changes_and_what_is_not_new_makes_no_draft(house: House) -> None:
    await house.published()
    codes = {(line["code"], line["version"]) for line in (await house.put_up()).json()["drafts"]}
    assert codes
    assert (CODE, 1) not in codes
    house.change(FILE, "within: 30m", "within: 45m")
    assert code_of(await house.put_up()) == (409, "version_taken")


async def test_a_draft_of_another_author_is_left_alone_and_a_head_doctor_takes_back_anybodys(house: House) -> None:
    await house.put_up()
    other = house.bench.headers(await house.bench.employee(Role.CLINIC_ADMIN))
    assert code_of(await house.put_up(other)) == (409, "draft_taken")
    path = f"{DRAFTS}/{CODE}/1/withdraw"
    assert code_of(await house.bench.send(other, "POST", path)) == (409, "draft_taken")
    assert (await house.bench.send(house.head, "POST", path)).status_code == 204
    assert (await house.look())["code"] == "no_such_draft"
    assert code_of(await house.bench.send(house.admin, "POST", path)) == (404, "no_such_draft")


async def test_two_head_doctors_who_publish_at_once_are_told_the_same(house: House) -> None:
    await house.put_up()
    sha256 = (await house.look())["sha256"]
    answers = await asyncio.gather(*(house.publish(sha256, house.of(who)) for who in ("head", "second") * 3))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    rows = await audited(house, f"{CODE}@1")
    assert [row.action for row in rows] == ["pathways.publish", "pathways.draft"], "who came second did nothing"


async def audited(house: House, subject: str) -> tuple[audit.AuditRow, ...]:
    """What was done about a version, newest first."""
    async with house.bench.db.clinic(house.bench.clinic) as session:
        return (await audit.of_subject(session, subject)).items


async def test_everything_done_to_the_catalogue_is_audited(house: House) -> None:
    await house.put_up()
    await house.bench.send(house.admin, "POST", f"{DRAFTS}/{CODE}/1/withdraw")
    await house.published()
    await house.retire(house.admin)
    rows = [(row.action, row.person, row.reason) for row in await audited(house, f"{CODE}@1")]
    admin, head = house.people["admin"], house.people["head"]
    assert rows == [
        ("pathways.retire", admin, "replaced"),
        ("pathways.publish", head, None),
        ("pathways.draft", admin, None),
        ("pathways.withdraw", admin, None),
        ("pathways.draft", admin, None),
    ]


async def test_a_consultation_keeps_its_version_after_it_is_retired_and_the_next_one_is_told(house: House) -> None:
    await house.published()
    begun = await house.begin("the-first-of-all")
    assert begun.status_code == 201, begun.text
    workflow = begun.json()["consultation"]
    retired = await house.retire()
    assert (retired.status_code, retired.json()["status"]) == (200, "retired")
    assert retired.json()["reason"] == "replaced"

    assert await house.offered() == []
    assert code_of(await house.begin()) == (409, "pathway_retired")
    assert (await house.begin("the-first-of-all")).json() == begun.json(), "the same key is the same consultation"
    view = await house.bench.http.get(f"/consultations/{workflow}", headers=house.bench.as_patient())
    assert view.status_code == 200
    cancelled = await house.bench.send(house.bench.as_patient(), "POST", f"/consultations/{workflow}/cancel")
    assert cancelled.status_code == 200, cancelled.text
    assert house.bench.runs.pathways[workflow].version == 1

    house.change(FILE, "version: 1", "version: 2")
    await house.published(2)
    assert await house.offered() == [(CODE, 2)]
    assert (await house.begin()).status_code == 201


async def test_with_the_newest_version_retired_the_one_before_is_begun_again(house: House) -> None:
    await house.published()
    house.change(FILE, "version: 1", "version: 2")
    await house.published(2)
    assert await house.offered() == [(CODE, 2)]
    await house.retire(version=2)
    assert await house.offered() == [(CODE, 1)]
    begun = await house.begin()
    assert house.bench.runs.pathways[begun.json()["consultation"]].version == 1


async def test_a_consultation_pins_the_content_whose_digest_it_names(house: House) -> None:
    await house.published()
    first = (await house.begin()).json()["consultation"]
    house.change(FILE, "version: 1", "version: 2")
    await house.published(2)
    second = (await house.begin()).json()["consultation"]
    runs = house.bench.runs
    async with house.bench.db.clinic(house.bench.clinic) as session:
        for workflow, version in ((first, 1), (second, 2)):
            kept = await catalogue.get(session, runs.states[workflow].pathway)
            assert kept == runs.pathways[workflow]
            assert runs.pathways[workflow].version == version


async def test_the_whole_catalogue_is_for_those_who_write_it(house: House) -> None:
    await house.published()
    await house.retire()
    lines = (await house.bench.http.get("/pathways?all=true", headers=house.admin)).json()
    status = {(line["code"], line["version"]): line["status"] for line in lines}
    assert status.pop((CODE, 1)) == "retired"
    assert set(status.values()) == {"draft"}
    for who in (house.bench.as_patient(), house.bench.headers(await house.bench.employee(Role.DOCTOR))):
        assert code_of(await house.bench.http.get("/pathways?all=true", headers=who)) == (403, "forbidden")
        (await house.bench.http.get("/pathways", headers=who)).raise_for_status()


async def test_a_line_on_offer_says_nothing_of_who_wrote_it(house: House) -> None:
    await house.published()
    (line,) = (await house.bench.http.get("/pathways", headers=house.bench.as_patient())).json()
    assert set(line) == {"code", "version", "title", "speciality", "status"}


async def test_another_clinics_folder_is_refused(house: House) -> None:
    house.change("clinic.yaml", house.bench.clinic, new_id("cl"))
    assert code_of(await house.put_up()) == (422, "other_clinic")


async def test_a_clinic_does_not_lose_a_pool_that_a_pathway_on_offer_needs(house: House) -> None:
    await house.published()
    house.files = {
        "clinic.yaml": house.files["clinic.yaml"].replace("  therapists:", "  surgeons:"),
        **{path: written for path, written in house.files.items() if "/" in path and not path.startswith("pathways/")},
    }
    other = files_of(SHIPPED)[FILE].replace(f"pathway: {CODE}", "pathway: surgery")
    other = other.replace("pool: therapists", "pool: surgeons")
    house.files["pathways/surgery.yaml"] = other
    put_up = await house.put_up()
    assert put_up.status_code == 201, put_up.text
    answer = await house.publish((await house.look("surgery"))["sha256"], code="surgery")
    assert code_of(answer) == (409, "still_needed")
    assert (answer.json()["pathway"], answer.json()["names"]) == (CODE, ["therapists"])
    assert await house.offered() == [(CODE, 1)], "nothing of it happened"
    await house.retire()
    answer = await house.publish((await house.look("surgery"))["sha256"], code="surgery")
    assert answer.status_code == 201, answer.text


async def test_a_draft_whose_files_mean_something_else_by_now_is_not_published(house: House) -> None:
    await house.put_up()
    async with house.bench.db.clinic(house.bench.clinic) as session:
        draft = await drafts.get(session, CODE, 1)
        assert draft is not None
        # As if an older release had compiled it, to something else.
        older = (await drafts.pathway(session, draft)).model_copy(update={"speciality": "surgery"})
        sha256, compiled = stored(older)
        change = text(
            "UPDATE pathway_draft SET sha256 = :sha256, compiled = CAST(:compiled AS json) WHERE code = :code"
        )
        await session.run(change, sha256=sha256, compiled=compiled, code=CODE)
        draft = await drafts.get(session, CODE, 1)
    assert draft is not None
    assert code_of(await house.publish(draft.sha256)) == (409, "draft_outdated")
