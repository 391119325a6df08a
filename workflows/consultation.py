"""One consultation, from its first step to its end."""

from temporalio import workflow

from domain.acts import Act, Fact
from domain.answer import Answer
from domain.names import ACT, CONSULTATION, FACT, VIEW
from domain.state import ConsultationState, Start
from workflows.shell import Shell


@workflow.defn(name=CONSULTATION)
class ConsultationWorkflow:
    """A consultation; the doors are the shell's."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self._shell = Shell(start)

    @workflow.run
    async def run(self, start: Start) -> str | None:
        """Run to the end; its code."""
        return await self._shell.run()

    @workflow.update(name=ACT)
    async def act(self, act: Act) -> Answer:
        """A person did something."""
        return self._shell.act(act)

    @act.validator
    def _check(self, act: Act) -> None:
        self._shell.check(act)

    @workflow.signal(name=FACT)
    def fact(self, fact: Fact) -> None:
        """A machine reports something."""
        self._shell.fact(fact)

    @workflow.query(name=VIEW)
    def view(self) -> ConsultationState:
        """The whole state as it stands."""
        return self._shell.state
