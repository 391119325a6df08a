"""Every effect has exactly one activity, on its queue; activities are found by looking, no list names them."""

from typing import Any

import pytest
from temporalio import activity

from domain import effects
from domain.names import PROJECT, QUEUES
from runtime.settings import Settings
from wiring import Wiring
from workers.activities import WiringMismatch, all_activities, make, name_of


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    import base64

    key = base64.b64encode(b"k" * 32).decode()
    settings = Settings.model_validate(
        {
            "codec_keys": {"k": key},
            "codec_key": "k",
            "storage_keys": {"k": key},
            "storage_key": "k",
            "hash_key": key,
            "storage_folder": tmp_path_factory.mktemp("files"),
        }
    )
    return all_activities(_Wired(settings))


class _Wired(Wiring):
    @property
    def consultations(self) -> Any:
        return None


def test_each_effect_has_exactly_one_activity_on_its_queue(found: dict[str, list[Any]]) -> None:
    by_name = {name_of(method): queue for queue in QUEUES for method in found[queue]}
    assert {name: effect.queue for name, effect in effects.load().items()}.items() <= by_name.items()


def test_the_only_activity_without_an_effect_is_the_projector(found: dict[str, list[Any]]) -> None:
    names = {name_of(method) for methods in found.values() for method in methods}
    assert names - effects.load().keys() == {PROJECT}


def test_each_effect_tells_an_administrator_what_it_is() -> None:
    for effect in effects.load().values():
        assert effect.title.ru
        assert effect.title.en


def test_a_class_that_asks_for_what_is_not_wired_is_refused() -> None:
    class Odd:
        def __init__(self, telepathy: object) -> None:
            self.telepathy = telepathy

        @activity.defn(name="odd.do")
        async def do(self) -> None:
            """Do it."""

    with pytest.raises(WiringMismatch, match="telepathy"):
        make(Odd, object())
