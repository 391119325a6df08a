"""The tables, one module a concern. ``metadata`` holds them all: what migrations are compared with."""

import importlib
import pkgutil

from sqlalchemy import MetaData
from sqlmodel import SQLModel

for _module in pkgutil.iter_modules(__path__, __name__ + "."):
    importlib.import_module(_module.name)

metadata: MetaData = SQLModel.metadata
