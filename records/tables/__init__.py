"""The tables, one module a concern. ``metadata`` holds them all: what migrations are compared with."""

import importlib
import pkgutil

from sqlalchemy import MetaData, Text
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

for _module in pkgutil.iter_modules(__path__, __name__ + "."):
    importlib.import_module(_module.name)

metadata: MetaData = SQLModel.metadata

# One string type everywhere: beside ``varchar`` columns PostgreSQL finds the type of a parameter used twice ambiguous.
for _table in metadata.tables.values():
    for _column in _table.columns:
        if isinstance(_column.type, AutoString):
            _column.type = Text()
