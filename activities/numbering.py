"""The number of a paper."""

from records.database import Session


def paper_number(session: Session, key: str) -> str:
    """The number printed on a paper: of its document's key, so that a retry prints the same; says nothing of anybody.

    A prescription is in force under the number its form bears.
    """
    code = session.vault.hash.code("paper", session.clinic, key)[:12].upper()
    return "-".join((code[:4], code[4:8], code[8:]))
