"""Who calls: from the verified token, the clinic and the patient named; never from a body."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.access import Owner, admit, row_of
from api.auth.tokens import Bearer
from api.problems import Problem, language_of
from api.services import Services, services
from domain.base import Language
from domain.people import Actor
from records import people

_BEARER = HTTPBearer(auto_error=False, description="A token of any configured OpenID issuer.")
_ID = r"^[A-Za-z0-9_-]{1,64}$"


@dataclass(frozen=True)
class Caller:
    """One request's caller."""

    actor: Actor
    bearer: Bearer
    language: Language


async def enforce(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    clinic: Annotated[
        str | None,
        Header(
            alias="Carepath-Clinic",
            pattern=_ID,
            description="The clinic, where the token does not name one.",
        ),
    ] = None,
    patient: Annotated[
        str | None,
        Header(
            alias="Carepath-Patient",
            pattern=_ID,
            description="The patient acted for: oneself, or one validly represented.",
        ),
    ] = None,
) -> None:
    """Stand before every route: establish the caller and let his role through the route's row.

    Raises:
        Problem: ``unauthenticated``, ``clinic_needed``, ``not_of_clinic``, ``not_for_patient``, ``forbidden``.
    """
    operation = request.scope["route"].operation_id
    row = row_of(operation)
    if row.owner is Owner.ANYONE:
        return
    if bearer is None:
        raise Problem("unauthenticated")
    token, actor = await known(services(request), bearer.credentials, clinic, patient)
    if row.owner is not Owner.PERSON:
        if not actor.roles:
            raise Problem("not_for_patient" if patient else "not_of_clinic" if token.staff else "patient_needed")
        admit(operation, actor)
    request.state.caller = Caller(actor, token, language_of(request))


async def known(
    shared: Services, credentials: str, clinic: str | None, patient: str | None = None
) -> tuple[Bearer, Actor]:
    """The verified token, and who is behind it in the clinic it names, or else in the one named here.

    Raises:
        Problem: ``unauthenticated``, ``clinic_needed``, ``not_of_clinic``.
    """
    token = await shared.verifier.verify(credentials)
    if token.clinic is not None and clinic not in (None, token.clinic):
        raise Problem("not_of_clinic")
    where = token.clinic or clinic
    if where is None:
        raise Problem("clinic_needed")
    return token, await resolve(shared, token, where, patient)


async def resolve(shared: Services, token: Bearer, clinic: str, patient: str | None) -> Actor:
    """The actor behind a token, as the clinic's record knows him today: roles, pools, patient, level.

    With a patient named he is that patient or who represents him, and nothing else; without, he is staff, if he
    logged in as staff do.
    """
    person = await shared.person_of(token)
    if patient is None and not token.staff:
        return Actor(person=person, clinic=clinic, roles=frozenset())
    async with shared.wiring.database.clinic(clinic) as session:
        return await people.actor(session, person, patient, await shared.today(session))


async def again(shared: Services, who: Caller, operation: str) -> Caller | None:
    """The same caller as the record knows him by now; None when the route is no longer open to him.

    A stream outlives rights: who was dismissed, or represents nobody any more, must not watch on until his token ends.
    """
    try:
        actor = await resolve(shared, who.bearer, who.actor.clinic, who.actor.patient)
        admit(operation, actor)
    except Problem:
        return None
    return replace(who, actor=actor)


def caller(request: Request) -> Caller:
    """The caller that ``enforce`` let in."""
    found: Caller = request.state.caller
    return found


CallerOf = Annotated[Caller, Depends(caller)]
ServicesOf = Annotated[Services, Depends(services)]
