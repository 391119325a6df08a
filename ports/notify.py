"""Messages to people. The text is one of the catalogue, without any patient data."""

from typing import Literal, Protocol


class Notifier(Protocol):
    """An SMS or voice gateway."""

    async def send(self, key: str, address: str, text: str, channel: Literal["sms", "voice"]) -> None:
        """Send a message; a key already sent is not sent again."""

    async def find(self, key: str) -> bool:
        """Whether a message with this key was sent."""
