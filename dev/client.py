"""A person at the API: the patient with a phone, the employee with a password; used by the demo and whole-story tests.

Nothing here reaches behind the API but the stands that are these people's own devices: the SMS on their phone, their
page at the identity provider, their video client, their signing device.
"""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx
import pyotp

Json = Any
View = dict[str, Json]

AGAIN = frozenset({502, 503, 504})
"""Answers after which the same request with the same key is sent again."""
STEP = 30
ON_ITS_WAY = 10
"""Seconds a login may take to arrive."""


class Answer(Exception):
    """The API answered with a problem; ``code`` is its stable word."""

    def __init__(self, status: int, body: Mapping[str, Json]) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.body = dict(body)
        super().__init__(f"{status} {self.code}: {body.get('title', '')}")


class NotInTime(Exception):
    """What was waited for did not come."""


class Client:
    """Requests of one person, sent again under the same key while the API is away.

    Args:
        url: The API.
        patience: Seconds a request is sent again, and a wait may last.
        language: What the person reads.
    """

    def __init__(self, url: str, *, patience: float = 30.0, language: str = "ru") -> None:
        self.patience = patience
        self._refresh = ""
        self._renewing = asyncio.Lock()
        speaks = {"Accept-Language": language}
        self.http = httpx.AsyncClient(base_url=url, timeout=20.0, trust_env=False, headers=speaks)

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.http.aclose()

    def wear(self, tokens: Mapping[str, Json], **headers: str) -> None:
        """Send these tokens from now on."""
        self._refresh = str(tokens["refresh_token"])
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.http.headers.update(headers)

    async def get(self, path: str, **query: str) -> Json:
        """Read something."""
        return (await self._send("GET", path, params=query)).json()

    async def read(self, path: str) -> bytes:
        """Download something."""
        return (await self._send("GET", path)).content

    async def post(self, path: str, body: Json = None, *, key: str | None = None) -> Json:
        """Do something, once: the key stays the same however often it is sent; a late answer is fetched."""
        answer = await self._send("POST", path, json=body, headers={"Idempotency-Key": key or secrets.token_hex(16)})
        until = time.monotonic() + self.patience
        while answer.status_code == 202 and "location" in answer.headers:
            if time.monotonic() > until:
                raise NotInTime(f"the answer to {path}")
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
            answer = await self._send("GET", answer.headers["location"])
        return answer.json() if answer.content else None

    async def upload(self, task: Mapping[str, Json], photo: bytes) -> Json:
        """Send a photo up for a message of a chat."""
        path = f"/tasks/{task['workflow']}/{task['id']}/chat/photos"
        headers = {"Idempotency-Key": secrets.token_hex(16), "Content-Type": "image/jpeg"}
        return (await self._send("POST", path, content=photo, headers=headers)).json()

    async def put(self, path: str, body: Json) -> Json:
        """Save something."""
        answer = await self._send("PUT", path, json=body)
        return answer.json() if answer.content else None

    async def delete(self, path: str) -> None:
        """Take something back."""
        await self._send("DELETE", path)

    async def _send(self, method: str, path: str, **rest: Any) -> httpx.Response:
        until = time.monotonic() + self.patience
        while True:
            try:
                answer = await self.http.request(method, path, **rest)
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            else:
                if answer.status_code == 401 and self._refresh and not path.startswith("/auth/"):
                    await self._renew(answer.request.headers["Authorization"])
                    continue
                if answer.status_code not in AGAIN or time.monotonic() > until:
                    if answer.is_error:
                        raise Answer(answer.status_code, _body(answer))
                    return answer
            await asyncio.sleep(0.3)

    async def _renew(self, spent: str) -> None:
        """The access token is over. The refresh token serves once, so of several requests only the first uses it."""
        async with self._renewing:
            if self.http.headers["Authorization"] == spent:
                token, self._refresh = self._refresh, ""
                self.wear((await self._send("POST", "/auth/refresh", json={"refresh_token": token})).json())

    # --- looking

    async def view(self, workflow: str) -> View:
        """The consultation as this person sees it."""
        found: View = await self.get(f"/consultations/{workflow}")
        return found

    async def wait(self, what: str, look: Callable[[], Awaitable[Json]], *, patience: float | None = None) -> Json:
        """Look again and again until there is something.

        Raises:
            NotInTime: There was nothing.
        """
        until = time.monotonic() + (patience or self.patience)
        while not (found := await look()):
            if time.monotonic() > until:
                raise NotInTime(what)
            await asyncio.sleep(0.15)
        return found

    async def until(self, workflow: str, what: str, true: Callable[[View], Json], **patience: float) -> View:
        """Wait until something is true of a consultation; the view in which it is."""

        async def look() -> View | None:
            view = await self.view(workflow)
            return view if true(view) else None

        found: View = await self.wait(what, look, **patience)
        return found

    async def task(self, workflow: str, name: str, *, patience: float | None = None) -> Json:
        """Wait for a task of a consultation that this person may act on, by name."""

        async def look() -> Json:
            view = await self.view(workflow)
            return next((task for task in view["tasks"] if task["name"] == name and task["actions"]), None)

        return await self.wait(f"task {name} of {workflow}", look, patience=patience)

    async def work(
        self, name: str, consultation: str | None = None, *, scope: str = "mine", patience: float | None = None
    ) -> Json:
        """Wait for a task on this person's work list, by name: also one of a step that runs on its own.

        ``scope`` is ``mine``, or ``shared`` for one of his roles' and pools' that nobody has claimed.
        """

        async def look() -> Json:
            items = (await self.get("/tasks", scope=scope))["items"]
            return next(
                (item for item in items if item["name"] == name and consultation in (None, item["consultation"])),
                None,
            )

        return await self.wait(f"task {name}", look, patience=patience)

    async def do(self, task: Mapping[str, Json], action: str, body: Json = None) -> Json:
        """Act on a task: ``action`` is the end of its address, such as ``video/finish``."""
        return await self.post(f"/tasks/{task['workflow']}/{task['id']}/{action}", body)

    @asynccontextmanager
    async def events(self, path: str) -> AsyncIterator[AsyncIterator[Json]]:
        """A stream of server-sent events, each a whole snapshot; it ends when there is nothing more to see."""
        async with self.http.stream("GET", path, timeout=httpx.Timeout(20.0, read=None)) as answer:
            if answer.is_error:
                await answer.aread()
                raise Answer(answer.status_code, _body(answer))
            yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[Json]:
    data: list[str] = []
    async for line in answer.aiter_lines():
        if line.startswith("data:"):
            data.append(line[5:].lstrip())
        elif line == "event: over":
            return
        elif not line and data:
            yield httpx.Response(200, content="\n".join(data)).json()
            data = []


def _body(answer: httpx.Response) -> dict[str, Json]:
    try:
        found = answer.json()
    except ValueError:
        return {"title": answer.reason_phrase}
    return found if isinstance(found, dict) else {}


class PatientClient(Client):
    """A patient, or who acts for one.

    Args:
        url, clinic: Where.
        phone: His phone.
        patient: Whom he acts for.
        sms: The SMS stand: the screen of his phone.
    """

    def __init__(self, url: str, clinic: str, phone: str, patient: str, sms: str, **rest: Any) -> None:
        super().__init__(url, **rest)
        self.clinic, self.phone, self.patient = clinic, phone, patient
        self._sms = sms

    async def messages(self) -> list[str]:
        """What his phone received, oldest first."""
        async with httpx.AsyncClient(trust_env=False, verify=False) as outside:
            answer = await outside.get(f"{self._sms}/outbox", params={"to": self.phone})
            return [str(message["text"]) for message in answer.raise_for_status().json()["items"]]

    async def log_in(self) -> Self:
        """Ask for a code, read it from the phone, exchange it."""
        before = len(await self.messages())
        await self._send("POST", "/auth/code", json={"phone": self.phone})

        async def look() -> str | None:
            codes = [found[0] for text in (await self.messages())[before:] if (found := re.search(r"\b\d{6}\b", text))]
            return codes[-1] if codes else None

        code = await self.wait("a code by SMS", look)
        body = {"phone": self.phone, "code": code, "clinic": self.clinic}
        tokens = (await self._send("POST", "/auth/token", json=body)).json()
        self.wear(tokens, **{"Carepath-Patient": self.patient})
        return self

    async def start(self, pathway: str) -> View:
        """Begin a consultation."""
        view: View = await self.post("/consultations", {"pathway": pathway})
        return view


class StaffClient(Client):
    """An employee.

    Args:
        url, clinic: Where.
        name: The login's name.
        password: His password.
        totp: The secret of his one-time codes.
    """

    _spent: dict[str, int] = {}

    def __init__(self, url: str, clinic: str, name: str, password: str, totp: str, **rest: Any) -> None:
        super().__init__(url, **rest)
        self.clinic, self.name = clinic, name
        self._password, self._totp = password, totp

    async def log_in(self) -> Self:
        """Name, password, one-time code. A code serves once: a second login in its half minute uses the next one."""
        present = int(time.time()) // STEP
        # The step before this one is good for this half minute; near its end the code would come too late.
        oldest = int(time.time() + ON_ITS_WAY) // STEP - 1
        step = max(oldest, self._spent.get(self._totp, 0) + 1)
        if step > present + 1:
            await asyncio.sleep((step - 1) * STEP - time.time())
        self._spent[self._totp] = step
        code = pyotp.TOTP(self._totp).generate_otp(step)
        body = {"login": self.name, "password": self._password, "totp": code, "clinic": self.clinic}
        self.wear((await self._send("POST", "/auth/login", json=body)).json())
        return self
