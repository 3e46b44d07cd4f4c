"""Where the channels' posts come out: one with each pass of the loop."""

import asyncio

from tgbitget.intake.source import Deliver
from tgbitget.model.post import Arrival


class Door:
    """Ten channels that post at once keep everybody else whom the loop serves waiting for one post, not for ten."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._lock = asyncio.Lock()

    async def pass_on(self, arrival: Arrival) -> None:
        await self._lock.acquire()
        asyncio.get_running_loop().call_soon(self._lock.release)
        await self._deliver(arrival)
