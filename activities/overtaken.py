"""What takes something back is refused where the record knows better: a reset or replaced run still has its past."""

from domain.effects import Effect
from ports import Refused
from records import consultations
from records.database import Session


async def still_wanted(session: Session, effect: Effect) -> None:
    """Let an undoing effect pass unless the record is newer and does not ask for it.

    A newer epoch means that this run was replaced. Within one epoch the record may well be a few revisions ahead of
    the moment the effect was asked; then it must show the effect as asked and not yet settled. A run that was reset
    repeats its past, and there the record shows nothing of the kind.

    Raises:
        Refused: ``overtaken``.
    """
    state = await consultations.state(session, effect.workflow)
    if state is None or (state.epoch, state.revision) <= (effect.epoch, effect.revision):
        return
    asked = [pending.body for pending in state.pending.values() if pending.effect == effect.activity]
    if state.epoch > effect.epoch or effect.key not in [type(effect).model_validate(body).key for body in asked]:
        raise Refused("overtaken")
