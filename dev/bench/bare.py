"""The bare thing: story (a) by hand, as one straight-line workflow that knows nothing but itself.

The same acts, facts and effects in the same order, and one write of the record for each thing that happened (act,
fact, answer of an effect that moves the process). It has what any such workflow needs, a validator and retries, and
nothing of the engine: no state, no children, no deadlines, no summaries, no search attributes, no second reader.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

BARE = "Bare"
QUEUE = "bare-"
"""Stands before each queue's name, so that both sides can be served at once."""

PROJECT = "records.project"
DOCTOR, PATIENT = "doctor", "patient"

Body = dict[str, Any]


@workflow.defn(name=BARE)
class BareWorkflow:
    """One consultation, by hand."""

    @workflow.init
    def __init__(self, start: Body) -> None:
        self.start = start
        self.revision = 0
        self.task: str | None = None
        self.data: Body = {}
        self.owner = PATIENT
        self.acts: list[Body] = []
        self.facts: list[Body] = []
        self.met: str | None = None
        self.doctor: str | None = None
        self.status = "open"

    # --- doors -----------------------------------------------------------------------------------------------

    @workflow.update(name="act")
    async def act(self, act: Body) -> Body:
        """A person did something."""
        self.task = None
        self.acts.append(act)
        return {"revision": self.revision}

    @act.validator
    def _check(self, act: Body) -> None:
        if act["task"] != self.task:
            raise ApplicationError("no_such_task", type="no_such_task", non_retryable=True)

    @workflow.signal(name="fact")
    def fact(self, fact: Body) -> None:
        """A machine reports something."""
        self.facts.append(fact)

    # --- what a person, a machine, the world does ------------------------------------------------------------

    async def person(self, task: str, owner: str, **data: Any) -> Body:
        """Open a task and wait for its act; both are written."""
        self.task, self.owner, self.data = task, owner, data
        await self.write(f"{task}.opened")
        await workflow.wait_condition(lambda: bool(self.acts))
        act = self.acts.pop(0)
        await self.write(f"{task}.done")
        body: Body = act["body"]
        return body

    async def machine(self) -> Body:
        """Wait for the next fact and write it."""
        await workflow.wait_condition(lambda: bool(self.facts))
        fact = self.facts.pop(0)
        await self.write("fact")
        body: Body = fact["body"]
        return body

    async def do(self, effect: str, queue: str, step: str, part: str = "", **fields: Any) -> Body:
        """Ask the world for an effect, as long as it takes."""
        answer: Body = await workflow.execute_activity(
            effect,
            {
                "clinic": self.start["clinic"],
                "consultation": self.start["workflow"],
                "workflow": self.start["workflow"],
                "step": step,
                "part": part,
                "at": workflow.now().isoformat(),
                "revision": self.revision,
                **fields,
            },
            task_queue=QUEUE + queue,
            result_type=dict[str, Any],
            schedule_to_close_timeout=timedelta(minutes=15),
            start_to_close_timeout=timedelta(seconds=60),
        )
        return answer

    async def write(self, code: str) -> None:
        """Write the record, before anything else goes on."""
        self.revision += 1
        shape: Callable[[str], Body] = self.snapshot if self.start["record"] == "snapshot" else self.row
        await workflow.execute_activity(
            PROJECT, shape(code), task_queue=QUEUE + "flow", start_to_close_timeout=timedelta(seconds=10)
        )

    def row(self, code: str) -> Body:
        """What one insert keeps."""
        tasks = {self.task: self.data} if self.task else {}
        return {"workflow": self.start["workflow"], "revision": self.revision, "code": code, "tasks": tasks}

    def snapshot(self, code: str) -> Body:
        """What the real projection takes."""
        now, start = workflow.now().isoformat(), self.start
        tasks: Body = {}
        if self.task is not None:
            step, occurrence, name = self.task.split(".")
            owner = {"patient": start["patient"]} if self.owner == PATIENT else {"person": start["doctor"]}
            tasks[self.task] = {
                "id": self.task, "name": name, "step": step, "occurrence": int(occurrence), "owner": owner,
                "actions": [name], "opened_at": now, "data": self.data,
            }  # fmt: skip
        state = {
            "workflow": start["workflow"], "consultation": start["workflow"], "clinic": start["clinic"],
            "patient": start["patient"], "pathway": start["pathway"], "started_at": start["at"],
            "clock": {"anchor": start["at"], "real_anchor": start["at"]}, "revision": self.revision,
            "status": self.status, "end": "completed" if self.status == "closed" else None,
            "ended_at": now if self.status == "closed" else None, "doctor": self.doctor, "met_by": self.doctor,
            "met_at": self.met, "tasks": tasks,
        }  # fmt: skip
        return {"state": state, "transitions": [{"revision": self.revision, "at": now, "code": code}]}

    # --- the story -------------------------------------------------------------------------------------------

    @workflow.run
    async def run(self, start: Body) -> str:
        """From identity to survey."""
        await self.before_the_line()
        await self.meeting()
        note = await self.papers()
        await self.do("payment.capture", "io", "pay", hold=self.hold, amount=start["amount"])
        await self.tests(note)
        score = await self.person("nps.1.score", PATIENT)
        await self.do(
            "survey.record", "flow", "nps", patient=start["patient"], doctor=self.doctor, score=score["score"],
            comment=None,
        )  # fmt: skip
        self.status = "closed"
        await self.write("closed")
        return "completed"

    async def before_the_line(self) -> None:
        """Identity, consents, gate, form, money."""
        patient, person = self.start["patient"], self.start["person"]
        await self.do("identity.check", "flow", "who", patient=patient)
        proof = await self.person("who.1.prove", PATIENT)
        await self.do("identity.prove", "io", "who", patient=patient, person=person, **proof)
        await self.write("who.done")
        documents = self.start["documents"]
        await self.do("consent.find", "flow", "agree", patient=patient, documents=documents)
        accepted = await self.person("agree.1.agree", PATIENT, documents=documents)
        await self.do(
            "consent.record", "flow", "agree", patient=patient, person=person, representation=None, **accepted
        )
        await self.write("agree.done")
        await self.do("eligibility.find", "io", "gate", patient=patient, speciality="therapy", not_older_than_days=365)
        await self.write("gate.done")
        await self.person("form.1.fill", PATIENT)
        means = await self.person("pay.1.pay", PATIENT)
        amount = self.start["amount"]
        held = await self.do(
            "payment.authorise", "io", "pay", payer=person, service="therapist_repeat", amount=amount, **means
        )
        self.hold = held["hold"]
        await self.write("pay.done")

    async def meeting(self) -> None:
        """The line, and the call."""
        await self.do("queue.join", "flow", "line", pool="therapists")
        taken = await self.person("line.1.accept", DOCTOR)
        self.doctor = self.start["doctor"]
        await self.do("queue.leave", "flow", "line", pool="therapists")
        until = (workflow.now() + timedelta(hours=8)).isoformat()
        room = await self.do("video.open", "io", "talk", until=until)
        await self.do("notify.tell", "io", "talk", to={"patient": self.start["patient"]}, text="doctor_waits")
        await self.machine()
        await self.machine()
        self.met = workflow.now().isoformat()
        await self.person("talk.1.meet", DOCTOR, room=room["room"])
        await self.do("video.close", "io", "talk", room=room["room"])
        await self.do("queue.free_seat", "flow", "talk", doctor=self.doctor, seat=taken["seat"])
        await self.write("talk.done")
        await self.machine()
        await self.machine()

    async def papers(self) -> Body:
        """Protocol, signature, prescription, and their registration."""
        note = await self.person("note.1.write", DOCTOR)
        content = {"content": note["content"], "sha256": note["sha256"], "patient": self.start["patient"]}
        made = await self.do("protocol.render", "documents", "note", paper="protocol", doctor=self.doctor, **content)
        await self.write("note.done")
        signed = await self.person("sign.1.sign", DOCTOR, **made)
        await self.register("sign", made, signed)
        form = await self.do("protocol.render", "documents", "rx", paper="prescription", doctor=self.doctor, **content)
        signed = await self.person("rx.1.sign_0", DOCTOR, **form)
        await self.do(
            "prescription.issue", "flow", "rx", patient=self.start["patient"], doctor=self.doctor,
            document=form["document"], signature=signed["signature"], item=0,
        )  # fmt: skip
        await self.write("rx.done")
        await self.register("rx", form, signed)
        return content

    async def register(self, step: str, made: Body, signed: Body) -> None:
        """Send to the registry and wait for its decision."""
        fields = {"document": made["document"], "signature": signed["signature"]}
        await self.do("signature.register", "io", step, part="1", **fields)
        await self.machine()

    async def tests(self, note: Body) -> None:
        """The laboratory."""
        patient, doctor = {"patient": self.start["patient"]}, {"person": self.doctor}
        await self.do("notify.tell", "io", "labs", to=patient, text="choose_lab")
        chosen = await self.person("labs.1.choose", PATIENT)
        placed = await self.do("lab_order.place", "io", "labs", doctor=self.doctor, **note, **chosen)
        await self.write("labs.placed")
        await self.machine()
        await self.machine()
        order = {"order": placed["order"], **chosen}
        found = await self.do("results.fetch", "io", "labs", patient=self.start["patient"], **order)
        await self.do("notify.tell", "io", "labs", part="read", to=doctor, text="result_to_read")
        await self.person("labs.1.acknowledge", DOCTOR, result=found["result"])
        await self.do(
            "results.deliver", "flow", "labs", patient=self.start["patient"], result_id=found["result"], by=self.doctor
        )
        await self.do("notify.tell", "io", "labs", part="ready", to=patient, text="result_ready")
        await self.write("labs.done")
