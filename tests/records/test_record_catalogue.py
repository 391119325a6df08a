"""The catalogue: two people, what never changes, what is begun and what is not any more."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.acts import Refusal
from domain.pathway import Pathway, digest_of
from records import catalogue, clinics, drafts, migrate
from records.clinics import Clinic
from records.compiled import PathwayChanged, read, stored
from records.database import Database, Session
from records.drafts import Draft, Folder, Written
from runtime.settings import Settings
from tests.published import AUTHOR, HEAD, publish, put_up

if TYPE_CHECKING:
    from dev.stack import Stack
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def version(pathway: Pathway, number: int, **changes: object) -> Pathway:
    """Another version of a pathway."""
    return Pathway.model_validate(pathway.model_dump() | {"version": number} | changes)


async def agree(session: Session, draft: Draft, by: str = HEAD) -> catalogue.Published:
    """Publish a draft as it was looked at."""
    published, _ = await catalogue.publish(session, draft.code, draft.version, draft.sha256, by, LATER)
    return published


async def refused(work: Awaitable[object]) -> str:
    """The code something is refused with."""
    with pytest.raises(Refusal) as caught:
        await work
    return caught.value.code


async def denied(db: Database, clinic: str, statement: str, **values: object) -> str:
    """The SQLSTATE the database answers the application's statement with."""
    with pytest.raises(DBAPIError) as caught:
        async with db.clinic(clinic) as session:
            await session.run(text(statement), **values)
    return str(getattr(caught.value.orig, "sqlstate", ""))


async def test_a_published_pathway_is_found_by_digest_and_its_highest_version_is_begun(
    ward: "Ward", a_ward: "Callable[[], Awaitable[Ward]]"
) -> None:
    other = await a_ward()
    next_ = version(ward.pathway, 2, speciality="surgery")
    async with ward.db.clinic(ward.clinic) as session:
        assert await catalogue.latest(session, "therapist") == ward.pathway
        digest = await publish(session, next_, NOW)
        assert digest == next_.digest
        assert await catalogue.latest(session, "therapist") == next_
        assert await catalogue.get(session, ward.pathway.digest) == ward.pathway
        assert [line.version for line in await catalogue.list_all(session)] == [2, 1]
        assert [line.version for line in await catalogue.offered(session)] == [2]
        assert await catalogue.latest(session, "none") is None
    async with other.db.clinic(other.clinic) as session:
        assert await catalogue.get(session, digest) is None


async def test_a_version_with_another_content_is_refused_and_the_same_content_makes_no_draft(ward: "Ward") -> None:
    live = await live_of(ward)
    async with ward.db.clinic(ward.clinic) as session:
        folder = Folder(files={}, live=live)
        same = Written(pathway=ward.pathway, bound="")
        assert await drafts.put_up(session, folder, [same], AUTHOR, NOW) == []
        assert await refused(put_up(session, version(ward.pathway, 1, speciality="eyes"), NOW)) == "version_taken"


async def live_of(ward: "Ward") -> Clinic:
    """The clinic as it is live."""
    async with ward.db.clinic(ward.clinic) as session:
        live = await clinics.get(session)
    assert live is not None
    return live


async def test_a_draft_is_never_begun(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        draft = await put_up(session, version(ward.pathway, 2), NOW)
        assert await catalogue.latest(session, "therapist") == ward.pathway
        assert await catalogue.get(session, draft.pathway) is None
        assert [line.version for line in await catalogue.list_all(session)] == [1]


async def test_a_draft_gives_way_to_its_authors_next_one_and_to_nobody_elses(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        first = await put_up(session, version(ward.pathway, 2), NOW)
        second = await put_up(session, version(ward.pathway, 2, speciality="eyes"), LATER)
        assert await drafts.list_all(session) == [second]
        assert first.sha256 != second.sha256
        assert (await drafts.pathway(session, second)).speciality == "eyes"
        assert await refused(drafts.pathway(session, first)) == "draft_changed"
        assert await refused(put_up(session, version(ward.pathway, 2), NOW, author="p-other")) == "draft_taken"
        assert await refused(agree(session, first)) == "draft_changed"


async def test_a_draft_is_withdrawn_by_its_author_or_by_whoever_may_any(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        for by, anybodys in ((AUTHOR, False), (HEAD, True)):
            draft = await put_up(session, version(ward.pathway, 2), NOW)
            assert await refused(drafts.withdraw(session, draft.code, 2, HEAD)) == "draft_taken"
            await drafts.withdraw(session, draft.code, 2, by, anybodys=anybodys)
            assert await drafts.list_all(session) == []
            assert await refused(agree(session, draft)) == "no_such_draft"
        assert await refused(drafts.withdraw(session, "therapist", 2, AUTHOR)) == "no_such_draft"


async def test_an_author_does_not_publish_his_own_draft_whatever_the_code_would_do(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        draft = await put_up(session, version(ward.pathway, 2), NOW)
        assert await refused(agree(session, draft, by=AUTHOR)) == "own_draft"
    insert = """
        INSERT INTO pathway (clinic_id, code, version, sha256, title, speciality, compiled, author, folder,
                             published_by, published_at)
        SELECT clinic_id, code, version, sha256, title, speciality, compiled, {author}, folder, {by}, now()
        FROM pathway_draft
    """
    for author, by in (("author", "author"), ("author", "NULL"), ("NULL", "'p-head'")):
        assert await denied(ward.db, ward.clinic, insert.format(author=author, by=by)) == "23514", (author, by)
    # An author invented on the spot: no draft of his says this.
    assert await denied(ward.db, ward.clinic, insert.format(author="'p-nobody'", by="'p-head'")) == "23000"


async def test_nothing_is_published_that_no_draft_says_or_under_another_name(ward: "Ward") -> None:
    copy = """
        INSERT INTO pathway SELECT clinic_id, code, 7, 'f' || sha256, title, speciality, {compiled},
                                   published_by, published_at, author, folder FROM pathway
    """
    as_seven = "jsonb_set(compiled::jsonb, '{version}', '7')::json"
    assert await denied(ward.db, ward.clinic, copy.format(compiled=as_seven)) == "23000"
    # Nor a version under another version's number.
    assert await denied(ward.db, ward.clinic, copy.format(compiled="compiled")) == "23514"


async def test_published_and_retired_rows_and_folders_only_ever_come_to_the_application(full: "Ward") -> None:
    for table in ("pathway", "pathway_retirement", "clinic_folder"):
        assert await denied(full.db, full.clinic, f"DELETE FROM {table}") == "42501"
        assert await denied(full.db, full.clinic, f"UPDATE {table} SET clinic_id = clinic_id") == "42501"
    for column in ("author", "code", "version"):
        assert await denied(full.db, full.clinic, f"UPDATE pathway_draft SET {column} = {column}") == "42501"


async def test_published_and_retired_rows_and_folders_never_change_even_for_the_owner(
    full: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    for table in ("pathway", "pathway_retirement", "clinic_folder"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET clinic_id = clinic_id"):
            with pytest.raises(psycopg.IntegrityError):
                await superuser.execute(f"{statement} WHERE clinic_id = %s", [full.clinic])


async def test_of_publishers_at_once_one_publishes_and_all_are_told_the_same(
    ward: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    async with ward.db.clinic(ward.clinic) as session:
        draft = await put_up(session, version(ward.pathway, 2), NOW)

    async def go(by: str) -> tuple[catalogue.Published, bool]:
        async with ward.db.clinic(ward.clinic) as session:
            return await catalogue.publish(session, draft.code, 2, draft.sha256, by, LATER)

    async with ward.db.clinic(ward.clinic) as session:
        # Held until all of them stand at the same door.
        await drafts.lock(session)
        publishers = [asyncio.create_task(go(f"p-head-{n}")) for n in range(3)]
        await waiting(superuser, len(publishers))
    answers = await asyncio.gather(*publishers)
    assert sorted(new for _, new in answers) == [False, False, True]
    assert len({line.published_by for line, _ in answers}) == 1
    async with ward.db.clinic(ward.clinic) as session:
        assert await drafts.list_all(session) == []
        assert [line.version for line in await catalogue.list_all(session)] == [2, 1]


async def waiting(superuser: psycopg.AsyncConnection, many: int) -> None:
    """Look until so many transactions wait for another."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with asyncio.timeout(10):
        while True:
            if await (await superuser.execute(count)).fetchone() == (many,):
                return
            await asyncio.sleep(0.01)


async def test_a_retired_version_is_not_begun_and_is_still_found_by_digest(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        await publish(session, version(ward.pathway, 2), NOW)
        retired = await catalogue.retire(session, "therapist", 2, "replaced", HEAD, LATER)
        assert (retired.reason, retired.retired_by, retired.retired_at) == ("replaced", HEAD, LATER)
        assert await catalogue.latest(session, "therapist") == ward.pathway
        assert await catalogue.retire(session, "therapist", 2, "other", "p-other", LATER) == retired

        await catalogue.retire(session, "therapist", 1, "unsafe", HEAD, LATER)
        assert await refused(catalogue.latest(session, "therapist")) == "pathway_retired"
        assert await catalogue.offered(session) == []
        assert await catalogue.get(session, ward.pathway.digest) == ward.pathway

        await publish(session, version(ward.pathway, 3), NOW)
        found = await catalogue.latest(session, "therapist")
        assert found is not None
        assert found.version == 3
        assert await refused(catalogue.retire(session, "therapist", 9, "replaced", HEAD, LATER)) == "no_such_pathway"


async def test_publishing_makes_the_folders_clinic_live(ward: "Ward") -> None:
    live = await live_of(ward)
    newer = live.model_copy(update={"region": "78", "folder": {"pools": {"therapists": {}}}})
    files = {"clinic.yaml": "clinic: …", "pathways/a.yaml": "pathway: …"}
    async with ward.db.clinic(ward.clinic) as session:
        both = [Written(pathway=version(ward.pathway, n), bound="") for n in (2, 3)]
        one, two = await drafts.put_up(session, Folder(files=files, live=newer), both, AUTHOR, NOW)
        assert await clinics.get(session) == live, "a draft changes nothing"
        published = await agree(session, one)
        assert await clinics.get(session) == newer
        assert published.folder is not None
        assert (await drafts.folder(session, published.folder)).files == files
        await agree(session, two)
        assert await clinics.get(session) == newer


async def test_a_draft_older_than_the_live_clinic_does_not_bring_the_former_one_back(ward: "Ward") -> None:
    live = await live_of(ward)
    async with ward.db.clinic(ward.clinic) as session:
        old = await put_up(session, version(ward.pathway, 2), NOW)
        newer = Folder(files={}, live=live.model_copy(update={"folder": {"pools": {"new": {}}}}))
        (draft,) = await drafts.put_up(
            session, newer, [Written(pathway=version(ward.pathway, 3), bound="")], AUTHOR, NOW
        )
        await agree(session, draft)
        assert await refused(agree(session, old)) == "clinic_changed"
        assert await clinics.get(session) == newer.live


async def test_a_folder_that_only_changes_the_clinic_goes_live_with_the_first_of_its_drafts(ward: "Ward") -> None:
    live = await live_of(ward)
    folder = Folder(files={"clinic.yaml": "phone: …"}, live=live.model_copy(update={"oid": "1.2.643.7"}))
    both = [Written(pathway=version(ward.pathway, n), bound="") for n in (1, 2)]
    async with ward.db.clinic(ward.clinic) as session:
        await publish(session, both[1].pathway, NOW)
        before = await catalogue.list_all(session)
        one, _ = await drafts.put_up(session, folder, both, AUTHOR, NOW)
        await agree(session, one)
        assert await clinics.get(session) == folder.live
        assert await drafts.list_all(session) == []
        assert await catalogue.list_all(session) == before


async def test_another_clinics_folder_is_refused(ward: "Ward", a_ward: "Callable[[], Awaitable[Ward]]") -> None:
    other = await live_of(await a_ward())
    async with ward.db.clinic(ward.clinic) as session:
        folder = Folder(files={}, live=other)
        written = [Written(pathway=version(ward.pathway, 2), bound="")]
        assert await refused(drafts.put_up(session, folder, written, AUTHOR, NOW)) == "other_clinic"


async def test_what_an_older_release_published_keeps_its_digest_and_counts_as_the_same_content(
    ward: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    """A field that has a default since is not in what was stored before it."""
    old = version(ward.pathway, 2)
    shorter = {name: value for name, value in old.model_dump(mode="json").items() if name != "calendars"}
    digest = digest_of(shorter)
    async with ward.db.clinic(ward.clinic) as session:
        draft = await put_up(session, old, NOW)
    await superuser.execute(
        "UPDATE pathway_draft SET sha256 = %s, compiled = %s WHERE clinic_id = %s",
        [digest, json.dumps(shorter), ward.clinic],
    )
    async with ward.db.clinic(ward.clinic) as session:
        again = await drafts.get(session, draft.code, 2)
        assert again is not None
        await agree(session, again)
        found = await catalogue.latest(session, "therapist")
        assert found == old
        assert found.digest == digest != old.digest
        assert await catalogue.get(session, found.digest) == old, "what begins with it finds it again"
        live = await clinics.get(session)
        assert live is not None
        same = [Written(pathway=old, bound="")]
        assert await drafts.put_up(session, Folder(files={}, live=live), same, AUTHOR, NOW) == []


async def test_a_stored_pathway_that_is_not_what_its_digest_says_is_not_read(ward: "Ward") -> None:
    digest, compiled = stored(ward.pathway)
    assert read(digest, compiled) == ward.pathway
    with pytest.raises(PathwayChanged):
        read(digest, compiled.replace("therapy", "surgery"))


async def test_what_was_published_before_there_were_drafts_is_begun_and_retired_like_any(
    services: "Stack", record_settings: Settings, ward: "Ward"
) -> None:
    names = ("database_url", "database_system_url", "database_owner_url")
    urls = {name: getattr(record_settings, name).rpartition("/")[0] + "/carepath_older" for name in names}
    older = record_settings.model_copy(update=urls)
    migrate.bootstrap(older, services.superuser_url)
    migrate.upgrade(older, "0002")
    digest, compiled = stored(ward.pathway)
    database = Database(older)
    try:
        async with database.clinic("cl-older") as session:
            live = (await live_of(ward)).model_copy(update={"id": "cl-older"})
            await clinics.save(session, live, NOW)
            insert = """
                INSERT INTO pathway (clinic_id, code, version, sha256, title, speciality, compiled, published_at)
                VALUES ('cl-older', 'therapist', 1, :sha256, '{"ru": "Т", "en": "T"}', 'therapy',
                        CAST(:compiled AS json), :at)
            """
            await session.run(text(insert), sha256=digest, compiled=compiled, at=NOW)
        await database.close()
        migrate.upgrade(older)
        database = Database(older)
        async with database.clinic("cl-older") as session:
            assert await catalogue.latest(session, "therapist") == ward.pathway
            (line,) = await catalogue.list_all(session)
            assert (line.author, line.folder) == (None, None)
            await publish(session, version(ward.pathway, 2), NOW)
            await catalogue.retire(session, "therapist", 1, "replaced", HEAD, LATER)
            assert [each.version for each in await catalogue.offered(session)] == [2]
    finally:
        await database.close()
