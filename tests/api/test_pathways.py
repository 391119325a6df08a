"""Publishing a folder."""

from pathlib import Path

from domain.people import Role
from tests.api.bench import Bench

SHIPPED = Path(__file__).resolve().parents[2] / "pathways" / "shipped"


async def test_a_broken_folder_is_told_what_is_wrong_where_and_how_to_mend_it(bench: Bench) -> None:
    files = {str(file.relative_to(SHIPPED)): file.read_text() for file in SHIPPED.rglob("*.yaml")}
    broken = "pathways/first-contact.yaml"
    files[broken] = files[broken].replace("pool: therapists", "pool: surgeons")
    admin = bench.headers(await bench.employee(Role.CLINIC_ADMIN))
    answer = await bench.send(admin, "POST", "/pathways", {"files": files})
    assert (answer.status_code, answer.json()["code"]) == (422, "broken_folder")
    (error,) = answer.json()["errors"]
    assert error["at"].startswith(f"{broken}:")
    assert "surgeons" in error["what"]
    assert error["mend"]
