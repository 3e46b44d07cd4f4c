"""The connection to Telegram: watched, replaced when it breaks or falls silent, dialled for ever.

Telethon by itself takes one to two minutes to notice a silent line, gives up after half a minute of refusals, and
becomes deaf when this machine's clock is set back.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from loguru import logger
from telethon import TelegramClient
from telethon.tl import functions

from tgbitget.clock import Clock
from tgbitget.errors import TgbitgetError, Unreachable
from tgbitget.intake.pace import Pace
from tgbitget.model.event import Publish, Warned
from tgbitget.telegram.answers import Refused, ServerTrouble, Throttled, ask
from tgbitget.telegram.client import dial, hang_up

CLOCK_STEP_SECONDS = 2.0
"""Telethon drops messages that seem to come from more than 30 s in the future."""


class Line:
    """One client's connection, shared by all followers."""

    def __init__(
        self,
        client: TelegramClient,
        *,
        clock: Clock,
        pace: Pace,
        publish: Publish,
    ) -> None:
        self._client = client
        self._clock = clock
        self._pace = pace
        self._publish = publish
        self._alarm = asyncio.Event()
        self._answered = self._clock.monotonic()
        self._ahead = time.time() - self._clock.monotonic()
        self.is_up = asyncio.Event()
        self.on_missed: list[Callable[[], None]] = []  # pushes may have been lost

    async def ask(self, request: Any, *, timeout: float) -> Any:
        """As `answers.ask`. No answer at all makes the watch look at once."""
        try:
            answer = await ask(self._client, request, timeout=timeout)
        except Unreachable as error:
            if not isinstance(error, ServerTrouble):
                self._alarm.set()
            raise
        self._answered = self._clock.monotonic()
        return answer

    def doubt(self) -> None:
        """Somebody was told that the login is gone: look at once whether it is."""
        self._alarm.set()

    async def keep(self) -> None:
        """For ever. NotAuthorised when the login is gone."""
        if self._client.is_connected():
            self._announce()
        while True:
            if self._client.is_connected():
                await self._until_lost()
            self.is_up.clear()
            await self._dial_until_up()
            self._announce()

    def _announce(self) -> None:
        self._alarm.clear()
        self._client.disconnected.add_done_callback(self._on_disconnected)
        self.is_up.set()
        self._say_that_pushes_were_missed()

    def _say_that_pushes_were_missed(self) -> None:
        for call in self.on_missed:
            call()

    def _on_disconnected(self, ended: "asyncio.Future[None]") -> None:
        if not ended.cancelled():
            ended.exception()  # looked at, so that asyncio does not report it as forgotten
        self._alarm.set()

    async def _until_lost(self) -> None:
        while True:
            was_alarmed = await self._alarmed(self._pace.watch)
            self._follow_clock()
            quiet_seconds = self._clock.monotonic() - self._answered
            if not was_alarmed and quiet_seconds < self._pace.watch:
                continue
            if not self._client.is_connected():
                logger.warning("The connection to Telegram was closed")
                return
            try:
                await self._sign_of_life()
            except Unreachable as error:
                logger.warning("The connection to Telegram is silent: {}", error)
                return

    async def _alarmed(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._alarm.wait()
        except TimeoutError:
            return False
        self._alarm.clear()
        return True

    async def _sign_of_life(self) -> None:
        """Any answer is one, an error of Telegram's too; NotAuthorised passes through."""
        request = functions.updates.GetStateRequest()
        try:
            await ask(self._client, request, timeout=self._pace.sign_of_life)
        except (ServerTrouble, Throttled, Refused) as error:
            logger.debug("A sign of life, of a kind: {}", error)
        self._answered = self._clock.monotonic()

    async def _dial_until_up(self) -> None:
        pause = self._pace.dial_pause_first
        attempts = 0
        while True:
            await hang_up(self._client)
            self._follow_clock()  # deaf, it would dial for ever
            try:
                await dial(self._client, timeout=self._pace.dial)
                # Telegram pushes to a connection only after a request of substance.
                await self._sign_of_life()
            except (Unreachable, Throttled, Refused) as error:
                attempts += 1
                self._say_that_it_is_down(attempts, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._pace.dial_pause_max)
            else:
                logger.info("Connected to Telegram again, failed attempts before: {}", attempts)
                return

    def _say_that_it_is_down(self, attempts: int, error: TgbitgetError) -> None:
        logger.warning("Telegram cannot be reached, attempt {}: {}", attempts, error)
        if attempts == 1:
            self._publish(Warned(text=f"Telegram cannot be reached, dialling for ever: {error}"))

    def _follow_clock(self) -> None:
        """This machine's clock was set back: shift Telethon's idea of the time, or it takes every message for one from
        the future. (Set forward, it is corrected by the server's next word.)"""
        ahead = time.time() - self._clock.monotonic()
        step, self._ahead = ahead - self._ahead, ahead
        if step < -CLOCK_STEP_SECONDS:
            logger.warning("This machine's clock was set back by {:.1f} s", -step)
            self._client._sender._state.time_offset -= round(step)
            self._say_that_pushes_were_missed()
