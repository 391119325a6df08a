"""Story (a) while parts of the house die: it ends as it says, and the outside sees each effect once."""

import asyncio
import os
import secrets
import signal

import pytest

from dev.stack import Stack
from dev.stories import first_contact, follow_up
from dev.stories.content import FOLLOW_UP
from dev.stories.scene import Cast, Hook, Scene
from tests.journeys.conftest import SceneOf
from tests.journeys.fire import failing, gone_and_back, healed, killed, restarted, wiped, with_setting

pytestmark = pytest.mark.timeout(300)

BY_APPOINTMENT = {"mis.book", "mis.cancel_booking", "video.record", "video.stop_recording"}
"""Calls of a way none of these stories goes: no time is agreed in them and nobody is recorded."""


@pytest.mark.parametrize(
    ("process", "moment"),
    [
        ("worker-flow", "in_line"),
        ("worker-flow", "after_prescription"),
        ("worker-io", "in_call"),
        ("worker-documents", "half_written"),
        ("relay", "before_signature"),
        ("relay", "before_result"),
    ],
)
async def test_a_killed_process_is_not_noticed_by_the_story(process: str, moment: str, scene_of: SceneOf) -> None:
    told = await follow_up.play(scene_of(**{moment: killed(process)}))
    assert told.end == "completed"


@pytest.mark.parametrize("hook", [wiped, gone_and_back("redis")], ids=["wiped", "killed"])
async def test_a_patient_in_line_gets_his_doctor_though_redis_forgot_him(hook: Hook, scene_of: SceneOf) -> None:
    told = await follow_up.play(scene_of(in_line=hook))
    assert told.end == "completed"


@pytest.mark.parametrize("hook", [restarted("postgres"), gone_and_back("postgres")], ids=["restarted", "killed"])
async def test_postgresql_gone_in_the_middle_stops_nobody(hook: Hook, scene_of: SceneOf) -> None:
    told = await follow_up.play(scene_of(half_written=hook))
    assert told.end == "completed"


async def test_the_same_key_gets_the_same_answer_from_an_api_killed_in_between(scene_of: SceneOf, cast: Cast) -> None:
    answers: list[object] = []

    async def submit_into_the_kill(scene: Scene) -> None:
        doctor = await cast.employee(follow_up.DOCTOR)
        asked = await doctor.task(scene.consultation, "write")
        address, key = f"/tasks/{asked['workflow']}/{asked['id']}/protocol/submit", secrets.token_hex(16)
        sent = asyncio.create_task(doctor.post(address, FOLLOW_UP, key=key))
        await asyncio.sleep(0)
        os.kill(scene.stack.pid("api"), signal.SIGKILL)
        answers.append(await sent)
        answers.append(await doctor.post(address, FOLLOW_UP, key=key))
        os.kill(scene.stack.pid("api"), signal.SIGKILL)
        answers.append(await doctor.post(address, FOLLOW_UP, key=key))

    scene = scene_of(in_call=killed("api"), written=submit_into_the_kill)
    told = await follow_up.play(scene)
    assert told.end == "completed"
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("mode", ["fail_before", "fail_after_commit", "lost_answer", "twice"])
@pytest.mark.parametrize("story", [follow_up.STORY, first_contact.STORY], ids=["a", "d"])
async def test_lost_answers_and_doubles_outside_are_one_effect(mode: str, story: object, scene_of: SceneOf) -> None:
    scene = scene_of()
    assert isinstance(story, type(follow_up.STORY))
    for patient in (follow_up.PATIENT, first_contact.PATIENT):
        await scene.cast.patient(patient)  # logged in before the message gateway fails
    await failing(scene, mode)
    try:
        told = await story.play(scene)
    finally:
        unmet = set(await healed(scene))
    assert told.end == story.ends
    never = {"mis.request_visit"} if story is follow_up.STORY else {"north.place", "north.notice"}
    assert unmet - {"identity.begin"} <= never | BY_APPOINTMENT


async def test_the_story_ends_the_same_when_each_run_continues_as_new_at_every_quiet_moment(
    house: Stack, scene_of: SceneOf
) -> None:
    async with with_setting(house, "api", CAREPATH_CONTINUE_ALWAYS="true"):
        told = await follow_up.play(scene_of())
    assert told.end == "completed"
    assert await runs_of(house, told.consultation) > 5


async def runs_of(house: Stack, consultation: str) -> int:
    """How many runs a consultation had."""
    from runtime.temporal import connect

    client = await connect(house.settings)
    count = 0
    async for _ in client.list_workflows(f"WorkflowId = '{consultation}'"):
        count += 1
    return count
