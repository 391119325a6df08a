"""Alembic's environment: the connection is handed over by ``records.migrate``, the tables are ``records.tables``."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from records.tables import metadata
from records.tables.base import Document, Timestamp, Words

PLAIN = {
    Timestamp: "sa.DateTime(timezone=True)",
    Document: "sa.JSON()",
    Words: "sa.ARRAY(sa.Text())",
}


def render(type_: str, obj: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name plain SQLAlchemy types: an old one must not change when ours do."""
    return PLAIN.get(type(obj), False) if type_ == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=False,
    render_item=render,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
