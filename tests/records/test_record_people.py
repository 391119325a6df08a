"""Who acts, for whom, and how they sign in."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from domain.people import Actor, IdentityLevel, Owner, Role
from records import codes, duty, logins, people, staff
from records.people import Employee

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


async def actor(ward: "Ward", person: str, patient: str | None, on: date = TODAY) -> Actor:
    async with ward.db.clinic(ward.clinic) as session:
        return await people.actor(session, person, patient, on)


async def represent(ward: "Ward", since: date, until: date | None) -> str:
    async with ward.db.clinic(ward.clinic) as session:
        return await people.represent(
            session, ward.mother, ward.child_patient, "parent", "d-1", since, until, ward.colleague, NOW
        )


def phone(ward: "Ward", n: int = 0) -> str:
    return f"+7{int.from_bytes(ward.clinic[-4:].encode()) % 10**9}{n}"


async def test_a_patient_acts_as_himself_and_an_employee_by_his_roles(ward: "Ward") -> None:
    mother = await actor(ward, ward.mother, ward.mother_patient)
    assert mother.roles == {Role.PATIENT}
    assert (mother.patient, mother.level) == (ward.mother_patient, IdentityLevel.DECLARED)
    doctor = await actor(ward, ward.doctor, None)
    assert doctor.roles == {Role.DOCTOR}
    assert doctor.pools == {"therapists"}
    assert doctor.patient is None


async def test_a_person_wears_one_hat_at_a_time(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        await staff.save(
            session, Employee(person=ward.mother, name="М", roles=frozenset({Role.NURSE})), date(2020, 1, 1)
        )
    assert (await actor(ward, ward.mother, None)).roles == {Role.NURSE}
    assert (await actor(ward, ward.mother, ward.mother_patient)).roles == {Role.PATIENT}


async def test_a_stranger_has_no_rights(ward: "Ward") -> None:
    for person, patient in ((ward.mother, None), (ward.mother, ward.child_patient), (ward.doctor, "pt-none")):
        found = await actor(ward, person, patient)
        assert (found.roles, found.patient, found.pools) == (frozenset(), None, frozenset())


async def test_a_representation_gives_rights_from_its_first_day_to_its_last(ward: "Ward") -> None:
    id_ = await represent(ward, date(2026, 3, 1), date(2026, 3, 10))
    for day, may in ((28, False), (1, True), (10, True), (11, False)):
        found = await actor(ward, ward.mother, ward.child_patient, date(2026, 2 if day == 28 else 3, day))
        assert (found.roles == {Role.REPRESENTATIVE}) is may
        assert (found.representation == id_) is may
        assert (found.patient == ward.child_patient) is may


async def test_an_ended_representation_gives_no_rights_from_that_day_on(ward: "Ward") -> None:
    id_ = await represent(ward, date(2020, 1, 1), None)
    async with ward.db.clinic(ward.clinic) as session:
        assert await people.end_representation(session, id_, TODAY)
        assert not await people.end_representation(session, id_, TODAY)
        (kept,) = await people.representations(session, ward.child_patient)
    assert kept.ended_on == TODAY
    assert (await actor(ward, ward.mother, ward.child_patient, TODAY - timedelta(days=1))).representation == id_
    assert (await actor(ward, ward.mother, ward.child_patient)).roles == frozenset()


async def test_one_phone_leads_to_one_person_and_all_she_may_act_for(ward: "Ward") -> None:
    await represent(ward, date(2020, 1, 1), None)
    async with ward.db.bare() as session:
        await logins.create_phone(session, ward.mother, phone(ward), NOW)
    async with ward.db.bare() as session:
        login = await people.login_by_phone(session, phone(ward))
        assert login is not None
        assert await people.login_by_phone(session, phone(ward, 1)) is None
    async with ward.db.clinic(ward.clinic) as session:
        found = await people.patients_of(session, login.person, TODAY)
        assert [(each.patient, each.ground) for each in found] == [
            (ward.mother_patient, None), (ward.child_patient, "parent"),
        ]  # fmt: skip
        assert await people.patients_of(session, ward.child, TODAY) != found


async def test_a_phone_is_one_open_logins_and_lies_encrypted(ward: "Ward", superuser: psycopg.AsyncConnection) -> None:
    async with ward.db.bare() as session:
        login = await logins.create_phone(session, ward.mother, phone(ward), NOW)
    with pytest.raises(IntegrityError) as refused:
        async with ward.db.bare() as session:
            await logins.create_phone(session, ward.doctor, phone(ward), NOW)
    assert phone(ward) not in str(refused.value)
    cursor = await superuser.execute("SELECT row_to_json(l)::text, sealed FROM login AS l WHERE id = %s", [login.id])
    plain, sealed = await cursor.fetchone() or ("", b"")
    assert phone(ward) not in plain
    assert phone(ward).encode() not in sealed
    async with ward.db.bare() as session:
        assert await logins.close(session, login, NOW)
        assert await people.login_by_phone(session, phone(ward)) is None
        resold = await logins.create_phone(session, ward.doctor, phone(ward), NOW)
        assert resold.person == ward.doctor


async def test_an_issuers_subject_and_a_staff_name_sign_in_too(ward: "Ward") -> None:
    async with ward.db.bare() as session:
        await logins.create_oidc(session, ward.mother, "https://issuer", ward.mother, NOW)
        await logins.create_staff(session, ward.doctor, " Petrov" + ward.clinic, "$argon2", "SECRET", NOW)
    async with ward.db.bare() as session:
        found = await logins.login_by_subject(session, "https://issuer", ward.mother)
        assert found is not None
        assert found.person == ward.mother
        assert await logins.login_by_subject(session, "https://other", ward.mother) is None
        login = await logins.staff_login(session, "petrov" + ward.clinic.upper())
        assert login is not None
        assert (login.person, login.password_hash, login.totp_secret) == (ward.doctor, "$argon2", "SECRET")
        assert await logins.use_totp_step(session, login, 100)
        assert not await logins.use_totp_step(session, login, 100), "a code is good once"
        assert not await logins.use_totp_step(session, login, 99)


async def test_a_code_is_good_once_in_its_time_for_its_phone(ward: "Ward") -> None:
    later, hour = NOW + timedelta(minutes=5), NOW - timedelta(hours=1)

    async def issue(code: str, at: datetime = NOW) -> bool:
        async with ward.db.bare() as session:
            return await codes.issue(session, phone(ward), code, at, at + timedelta(minutes=5), hour, 3)

    async def take(code: str, at: datetime = NOW, n: int = 0) -> bool:
        async with ward.db.bare() as session:
            return await codes.take(session, phone(ward, n), code, at)

    assert await issue("111111")
    assert not await take("111111", n=1)
    assert not await take("111111", later)
    assert sorted(await asyncio.gather(*(take("111111") for _ in range(4)))) == [False, False, False, True]
    assert await issue("222222")
    assert await issue("333333")
    assert not await take("222222"), "a new code voids the former"
    assert not await issue("444444"), "at most three an hour"
    async with ward.db.bare() as session:
        assert await codes.window_since(session, phone(ward)) == NOW
        assert await codes.window_since(session, phone(ward, 1)) is None


async def test_guesses_are_counted_however_many_at_once(ward: "Ward") -> None:
    async with ward.db.bare() as session:
        await codes.issue(session, phone(ward), "111111", NOW, NOW + timedelta(minutes=5), NOW, 3)

    async def take(code: str) -> bool:
        async with ward.db.bare() as session:
            return await codes.take(session, phone(ward), code, NOW)

    assert not any(await asyncio.gather(*(take(f"00000{n}") for n in range(codes.TRIES))))
    assert not await take("111111"), "its tries are spent"


async def test_the_last_proof_of_identity_counts_and_is_kept_once(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        assert await people.identity_level(session, ward.mother_patient) is IdentityLevel.DECLARED
        for _ in range(2):
            await people.confirm_identity(session, ward.mother_patient, ward.mother, "esia", "s-1", NOW)
        assert await people.identity_level(session, ward.mother_patient) is IdentityLevel.CONFIRMED
    assert (await actor(ward, ward.mother, ward.mother_patient)).level is IdentityLevel.CONFIRMED
    async with ward.db.clinic(ward.clinic) as session:
        await people.confirm_identity(
            session, ward.mother_patient, ward.mother, "phone_changed", "s-2", NOW, IdentityLevel.DECLARED
        )
        await people.confirm_identity(session, ward.mother_patient, ward.mother, "esia", "s-1", NOW)
        assert await people.identity_level(session, ward.mother_patient) is IdentityLevel.DECLARED


async def test_a_patient_is_found_by_id_and_by_the_clinics_number(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        found = await people.patient(session, ward.child_patient)
        assert found is not None
        assert (found.person, found.birth_date) == (ward.child, date(2019, 7, 1))
        assert await people.patient_by_number(session, "1002") == found
        assert await people.patient(session, "pt-none") is None


async def test_an_employees_roles_become_exactly_those_saved_and_end_with_his_work(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        employee = Employee(person=ward.doctor, name="В", roles=frozenset({Role.HEAD_DOCTOR, Role.DOCTOR}))
        await staff.save(session, employee, TODAY)
        assert await staff.get(session, ward.doctor) == employee
        assert await staff.of_role(session, Role.HEAD_DOCTOR, TODAY) == [ward.doctor]
        assert len(await staff.at_work(session, TODAY)) == 2
        assert await staff.dismiss(session, ward.doctor, TODAY)
    assert (await actor(ward, ward.doctor, None)).roles == frozenset()
    assert (await actor(ward, ward.doctor, None, TODAY - timedelta(days=1))).roles != frozenset()
    async with ward.db.clinic(ward.clinic) as session:
        assert await staff.of_role(session, Role.HEAD_DOCTOR, TODAY) == []
        assert await staff.get(session, ward.doctor) == employee, "his name stands under documents"


async def test_a_message_reaches_whom_it_concerns(ward: "Ward") -> None:
    await represent(ward, date(2020, 1, 1), None)
    async with ward.db.bare() as session:
        await logins.create_phone(session, ward.mother, phone(ward), NOW)
        await logins.create_phone(session, ward.doctor, phone(ward, 1), NOW)
    async with ward.db.clinic(ward.clinic) as session:
        for owner, expected in (
            (Owner(person=ward.mother), [ward.mother]),
            (Owner(patient=ward.child_patient), [ward.mother]),
            (Owner(role=Role.DOCTOR), [ward.doctor]),
            (Owner(pool="therapists"), []),
        ):
            assert [each.person for each in await staff.contacts(session, owner, TODAY)] == expected
        await duty.on(session, ward.doctor, ["therapists"], NOW)
        (found,) = await staff.contacts(session, Owner(pool="therapists"), TODAY)
        assert found.phone == phone(ward, 1)
