"""The embedded issuer's doors: codes by SMS for patients, password and TOTP for staff, refresh, public keys."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from api.caller import ServicesOf
from api.issuer import keys, login
from api.issuer.tokens import Mint, Tokens
from api.problems import Problem
from api.services import Services

router = APIRouter(prefix="/auth", tags=["login"])

Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{9,14}$", examples=["+79990000001"], description="E.164.")]
Clinic = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["cl-demo"])]


class CodeRequest(BaseModel):
    """Ask for a one-time code."""

    phone: Phone


class CodeSent(BaseModel):
    """The same answer for every phone, known here or not."""

    sent: Literal[True] = True
    expires_in: int = Field(description="Seconds the code is valid.")


class CodeExchange(BaseModel):
    """Exchange a one-time code for tokens."""

    phone: Phone
    code: str = Field(pattern=r"^[0-9]{6}$", examples=["123456"])
    clinic: Clinic


class StaffLogin(BaseModel):
    """An employee's login."""

    login: str = Field(min_length=1, max_length=128, examples=["doctor"])
    password: str = Field(min_length=1, max_length=256, examples=["correct horse battery staple"])
    totp: str = Field(pattern=r"^[0-9]{6}$", examples=["123456"])
    clinic: Clinic


class Refresh(BaseModel):
    """A refresh token, spent by this."""

    refresh_token: str = Field(max_length=8192)


def mint(request: Request) -> Mint:
    """This process's issuer.

    Raises:
        Problem: ``not_found`` where logins are another issuer's.
    """
    found: Mint | None = request.app.state.mint
    if found is None:
        raise Problem("not_found")
    return found


MintOf = Annotated[Mint, Depends(mint)]


async def bound(request: Request, shared: Services, what: str, *names: str) -> None:
    """Bound the tries: by address, and by what is tried."""
    address = request.client.host if request.client else "unknown"
    await shared.limiter.check(what, shared.hashed.hex("address", address), 60, 60)
    for name in names:
        await shared.limiter.check(what, shared.hashed.hex("login", name), 10, 60)


@router.post("/code", operation_id="request_code", status_code=202)
async def request_code(request: Request, body: CodeRequest, shared: ServicesOf, mint: MintOf) -> CodeSent:
    """Have a one-time code sent by SMS. The answer is the same for every phone."""
    await bound(request, shared, "code", body.phone)
    await login.send_code(shared, body.phone)
    return CodeSent(expires_in=int(login.CODE_LIVES.total_seconds()))


@router.post("/token", operation_id="exchange_code")
async def exchange_code(request: Request, body: CodeExchange, shared: ServicesOf, mint: MintOf) -> Tokens:
    """Log in with phone and code. The tokens are of the person; whose patient he acts for, each request says."""
    await bound(request, shared, "token", body.phone)
    person = await login.by_code(shared, body.phone, body.code)
    return mint.pair(person, body.clinic, "patient")


@router.post("/login", operation_id="log_in")
async def log_in(request: Request, body: StaffLogin, shared: ServicesOf, mint: MintOf) -> Tokens:
    """Log in as an employee, with password and TOTP."""
    await bound(request, shared, "login", body.login)
    person = await login.by_password(shared, body.login, body.password, body.totp)
    return mint.pair(person, body.clinic, "staff")


@router.post("/refresh", operation_id="refresh_token")
async def refresh(request: Request, body: Refresh, shared: ServicesOf, mint: MintOf) -> Tokens:
    """Exchange a refresh token for a new pair; it serves once."""
    await bound(request, shared, "refresh")
    claims = mint.read("refresh+jwt", body.refresh_token)
    await login.spend(shared, claims["jti"], claims["sub"], claims["kind"])
    return mint.pair(claims["sub"], claims["clinic"], claims["kind"])


@router.get("/jwks", operation_id="jwks")
async def jwks(mint: MintOf) -> dict[str, Any]:
    """The issuer's public keys."""
    return keys.public(mint.key)


@router.get("/.well-known/openid-configuration", operation_id="openid_configuration")
async def configuration(mint: MintOf) -> dict[str, Any]:
    """Where everything is, for an OpenID client."""
    return {
        "issuer": mint.issuer,
        "jwks_uri": f"{mint.issuer}/jwks",
        "token_endpoint": f"{mint.issuer}/token",
        "id_token_signing_alg_values_supported": [keys.ALGORITHM],
        "subject_types_supported": ["public"],
        "response_types_supported": ["token"],
    }
