"""The player: a story line by line on any world, then what became of it."""

from datetime import datetime

from domain.base import Language, Text
from domain.pathway import Pathway
from domain.state import ConsultationState, Status
from pathways.clinic import Clinic
from pathways.stories import good_way
from pathways.stories.core import CoreWorld, World, at_once
from pathways.stories.doing import DOES
from pathways.stories.expecting import LOOKS, differs
from pathways.stories.language import Header, Story
from pathways.stories.people import actor
from pathways.stories.scene import CONSULTATION, Scene, Wrong
from pathways.stories.timeline import Duty, Failure, Played, timeline
from pathways.view import view


async def play(
    story: Story, pathway: Pathway, clinic: Clinic, world: World, *, real: datetime, consultation: str = CONSULTATION
) -> Played:
    """Play a story, up to the first line that went otherwise."""
    scene = Scene(pathway, clinic, story.header, world, real, consultation)
    failure = None
    for line in story.lines:
        try:
            await perform(scene, line.said)
        except Wrong as wrong:
            failure = Failure(line=line.at, what=wrong.what)
            break
    await scene.begin()
    if failure is None and (wrong_end := end_of(scene, story.header)) is not None:
        failure = Failure(line=0, what=wrong_end)
    return played(scene, failure)


async def play_good_way(
    header: Header, pathway: Pathway, clinic: Clinic, world: World, *, real: datetime, consultation: str = CONSULTATION
) -> Played:
    """Play a pathway without a story: everybody does the first good thing he may."""
    scene = Scene(pathway, clinic, header, world, real, consultation)
    failure = None
    try:
        await good_way.walk(scene)
    except Wrong as wrong:
        failure = Failure(line=0, what=wrong.what)
    return played(scene, failure)


def play_on_core(story: Story, pathway: Pathway, clinic: Clinic, *, real: datetime) -> Played:
    """Play a story on the pure core, at once."""
    return at_once(play(story, pathway, clinic, CoreWorld(), real=real))


def good_way_on_core(pathway: Pathway, clinic: Clinic, starts: datetime, *, real: datetime) -> Played:
    """Play the good way on the pure core; its ``calls`` over the time it took are the core's steps a second."""
    header = good_way.header_of(pathway, clinic, starts)
    return at_once(play_good_way(header, pathway, clinic, CoreWorld(), real=real))


async def perform(scene: Scene, said: object) -> None:
    """One line.

    Raises:
        Wrong: It went otherwise.
    """
    does = DOES.get(type(said))  # type: ignore[arg-type]
    if does is not None:
        await does(scene, said)
        return
    await scene.begin()
    found = LOOKS[type(said)](scene, said)  # type: ignore[index]
    if found is not None:
        raise Wrong(found)


def end_of(scene: Scene, header: Header) -> Text | None:
    """What is wrong with how the story leaves the consultation."""
    expected = header.ends or "open"
    found = scene.main.end or "open"
    return None if found == expected else differs(expected, found)


def played(scene: Scene, failure: Failure | None) -> Played:
    """What became of it."""
    main = scene.main
    return Played(
        story=scene.header.story,
        title=scene.header.title,
        pathway=scene.pathway.code,
        zone=scene.clinic.zone,
        timeline=timeline(scene.consultation, scene.world.happened, scene.did),
        failure=failure,
        end=main.end,
        duties=tuple(duty for state in scene.open_states() for duty in duties(scene, state)),
        closed=main.status is Status.CLOSED,
        calls=scene.world.calls,
    )


def duties(scene: Scene, state: ConsultationState) -> list[Duty]:
    """The open tasks of a process, as its view names them."""
    admin = actor("clinic_admin", scene.pools)
    ru, en = (view(scene.pathway, state, admin, language, now=scene.now).tasks for language in Language)
    return [
        Duty(who=Text(ru=r.who, en=e.who), what=Text(ru=r.title, en=e.title), until=r.due)
        for r, e in zip(ru, en, strict=True)
    ]
