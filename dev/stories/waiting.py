"""What stories wait for together: a phone that rings, a place in line, a step, and the hours of a pool."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dev.client import Client, PatientClient, View
from dev.clinic import compiled
from dev.people import PATIENTS, STAFF
from dev.stories.scene import HOUSE, Scene
from domain.calendar import Calendar

Json = Any
AHEAD = timedelta(days=10)
"""No clinic is closed for longer."""


async def nobody_came(scene: Scene, client: Client, who: str, task: str, missing: str) -> None:
    """Who came waits as long as the clinic says, the missing one is rung, then he says that nobody came."""
    before = await rings(scene, missing)
    await scene.days_pass("10m")
    await rung(scene, client, missing, before)
    scene.say(HOUSE, "звонит тому, кого ждут", "rings the one who is awaited")

    async def look() -> Json:
        view = await client.view(scene.consultation)
        return next((one for one in view["tasks"] if one["name"] == task and "no_show" in one["actions"]), None)

    asked = await client.wait("leave to go", look)
    await client.do(asked, "video/no_show")
    scene.say(who, "ждал десять минут: никто не пришёл", "waited for ten minutes: nobody came")


async def rings(scene: Scene, word: str) -> int:
    """How many messages about this consultation somebody's phone has received."""
    phone = PATIENTS[word].phone if word in PATIENTS else STAFF[word].phone
    items = (await scene.cast.stand("sms").get("/outbox", to=str(phone)))["items"]
    return sum(str(item["key"]).startswith(scene.consultation) for item in items)


async def rung(scene: Scene, client: Client, word: str, before: int) -> None:
    """Wait until somebody's phone has rung."""

    async def look() -> Json:
        return await rings(scene, word) > before

    await client.wait(f"a ring at {word}", look)


async def place_is(scene: Scene, patient: PatientClient, who: str, position: int) -> None:
    """Watch one's place in line until it is this one."""
    await patient.task(scene.consultation, "wait")
    async with (
        asyncio.timeout(patient.patience),
        patient.events(f"/consultations/{scene.consultation}/place") as places,
    ):
        async for place in places:
            if place["position"] == position:
                break
        else:
            scene.must(False, f"the place in line was never {position}")
    scene.say(who, f"стоит в очереди: {position}-й", f"stands in line: place {position}")


async def stands_at(scene: Scene, client: Client, step: str) -> View:
    """Wait until the consultation stands at a step; the view in which it does."""

    def there(view: View) -> bool:
        return any(stage["step"] == step for stage in view["stages"])

    return await client.until(scene.consultation, f"step {step}", there)


async def opening_hours(scene: Scene, pool: str) -> None:
    """Where a pool is closed now, time passes until it opens: nobody waits for Monday."""
    calendar = await asyncio.to_thread(lambda: compiled().clinic.clinic.pools[pool].calendar)
    opens = next_open(calendar, await scene.now())
    if opens is not None:
        await scene.time_comes(opens)


def next_open(calendar: Calendar, now: datetime) -> datetime | None:
    """When a calendar's next hours begin; None while it is open for an hour at least."""
    day = now.astimezone(ZoneInfo(calendar.zone)).date() - timedelta(days=1)
    while day < (now + AHEAD).date():
        for since, until in calendar.intervals(day):
            if now < until - timedelta(hours=1):
                return since if since > now else None
        day += timedelta(days=1)
    raise ValueError("the calendar has no hours")
