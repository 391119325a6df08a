"""The table of routes, from the routers and `api/access.py`."""

from collections.abc import Iterator

from fastapi.routing import APIRoute

from api.access import Owner, Row, row_of
from api.app import routers
from dev.docs.markdown import first_line
from dev.docs.markdown import table as markdown_table
from domain.people import Role


def table() -> str:
    """Each route: who may, whose it must be, what it does."""
    lines = []
    for route in sorted(routes(), key=lambda route: route.path):
        row = row_of(route.operation_id or route.path)
        whose = "-" if row.owner is Owner.ANYONE else row.owner.value
        lines += [(f"`{method} {route.path}`", who(row), whose, does(route)) for method in sorted(route.methods or ())]
    return markdown_table(("route", "who", "whose", "what"), lines)


def routes() -> Iterator[APIRoute]:
    """Every route of the facade."""
    for router in routers():
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def who(row: Row) -> str:
    """The roles, in the order of the table of roles."""
    if row.owner is Owner.ANYONE:
        return "anyone"
    if row.owner is Owner.PERSON:
        return "whoever is logged in"
    if len(row.roles) > MANY:
        return "all but " + (", ".join(role.value for role in Role if role not in row.roles) or "nobody")
    return ", ".join(role.value for role in Role if role in row.roles)


MANY = 8
"""Roles; with more, it is shorter to say who may not."""


def does(route: APIRoute) -> str:
    """The first line of its description."""
    return first_line(route.description).split(". ")[0].rstrip(".")
