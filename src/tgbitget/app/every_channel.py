"""One profile for whatever channels a file holds."""

from collections.abc import Iterator, Mapping

from tgbitget.deciding.ground import Followed
from tgbitget.model.ids import ChannelId


class EveryChannel(Mapping[ChannelId, Followed]):
    """A file's channels are read with one profile, whatever they are."""

    def __init__(self, followed: Followed) -> None:
        self._followed = followed

    def __getitem__(self, channel: ChannelId) -> Followed:
        return self._followed

    def __iter__(self) -> Iterator[ChannelId]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def values(self) -> tuple[Followed]:  # type: ignore[override] # what the pipeline asks for the longest memory
        return (self._followed,)
