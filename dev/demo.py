"""`carepath demo`: whole consultations, played on a stack of their own."""

from pathlib import Path


async def main(folder: Path) -> int:
    """Play every story of ``dev/stories``; 0 only if each ended as it says."""
    raise NotImplementedError
