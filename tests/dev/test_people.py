"""The demo people: enough of everybody, and the same in every folder."""

from datetime import date
from pathlib import Path

from dev.keys import Secrets
from dev.layout import LABS
from dev.people import PATIENTS, SEEN_IN_PERSON, STAFF, made_id, password_of, totp_of
from domain.people import STAFF as STAFF_ROLES
from domain.people import Role
from pathways.compile import compile_folder

SHIPPED = Path(__file__).resolve().parents[2] / "pathways" / "shipped"


def test_every_role_that_the_demo_clinic_needs_has_somebody() -> None:
    having = {role for employee in STAFF.values() for role in employee.roles}
    assert having == STAFF_ROLES - {Role.CALL_CENTRE, Role.INTEGRATION}


def test_there_are_several_doctors_in_every_pool_of_the_shipped_clinic() -> None:
    pools = compile_folder(SHIPPED).clinic.clinic.pools
    for pool in pools:
        assert sum(pool in employee.pools for employee in STAFF.values()) >= 3, pool


def test_the_stands_are_the_laboratories_of_the_shipped_clinic() -> None:
    assert set(LABS) == set(compile_folder(SHIPPED).clinic.clinic.labs)


def test_phones_and_ids_are_unique() -> None:
    phones = [patient.phone for patient in PATIENTS.values() if patient.phone]
    phones += [employee.phone for employee in STAFF.values()]
    assert len(set(phones)) == len(phones)
    people = {patient.person for patient in PATIENTS.values()} | {employee.person for employee in STAFF.values()}
    assert len(people) == len(PATIENTS) + len(STAFF)


def test_a_child_has_a_mother_and_no_phone_of_his_own() -> None:
    child = PATIENTS["lebedev"]
    assert child.mother in PATIENTS
    assert child.phone is None
    assert child.birth_date > date(2012, 1, 1)


def test_some_were_seen_in_person_and_some_were_not() -> None:
    assert set(SEEN_IN_PERSON) < set(PATIENTS)


def test_ids_say_nothing_and_stay_the_same() -> None:
    assert made_id("p", "orlov") == PATIENTS["orlov"].person
    assert "orlov" not in PATIENTS["orlov"].person


def test_passwords_are_each_folders_own_and_stay(tmp_path: Path) -> None:
    one, other = Secrets(tmp_path / "one.env"), Secrets(tmp_path / "other.env")
    assert password_of(one, "head") != password_of(other, "head")
    assert totp_of(one, "head") == totp_of(Secrets(tmp_path / "one.env"), "head")
    assert (tmp_path / "one.env").stat().st_mode & 0o077 == 0


def test_a_shell_can_read_the_file_of_secrets(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    secrets = Secrets(file)
    for word in STAFF:
        password_of(secrets, word)
        totp_of(secrets, word)
    assert [line for line in file.read_text().splitlines() if not line.partition("=")[0].isidentifier()] == []
