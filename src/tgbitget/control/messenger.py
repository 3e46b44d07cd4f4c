"""Where notices go, and commands come from: what is needed of a chat with the owner."""

from typing import Protocol

from tgbitget.telegram.saved_messages import Note


class Messenger(Protocol):
    """Plain text, never parsed as markup, no previews of links. One attempt each; nothing is repeated here.

    Both raise Throttled (wait `seconds`), Unreachable and NotAuthorised; Refused when Telegram says no to this message
    and asking again will not help (one to be edited was deleted by its owner).
    """

    async def send(self, text: str) -> int:
        """The new message's id."""
        ...

    async def edit(self, id: int, text: str) -> None:
        """The text that it has already is no error."""
        ...


class Inbox(Protocol):
    """The same chat, read."""

    async def send(self, text: str) -> int: ...

    async def newer(self, than: int | None) -> list[Note]:
        """What came after the message *than*, oldest first; None: only the newest there is. Raises as `Messenger` does."""
        ...
