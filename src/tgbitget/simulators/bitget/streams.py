"""The WebSocket side: sessions, subscriptions, and every event pushed to those who asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from loguru import logger

from tgbitget.simulators.bitget import keys as signing
from tgbitget.simulators.bitget import pushes
from tgbitget.simulators.bitget.events import Event, PriceMoved
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.faults import Faults
from tgbitget.simulators.bitget.keys import Keys
from tgbitget.simulators.bitget.params import PRODUCT
from tgbitget.simulators.bitget.pushes import Arg

IDLE_SECONDS_MAX = 120  # Bitget hangs up on whoever sends no ping for so long
OUTBOX_MAX = 10_000


@dataclass(eq=False)
class Session:
    """One connection and what it has subscribed to."""

    socket: web.WebSocketResponse
    private: bool
    logged_in: bool = False
    args: dict[Arg, dict[str, Any]] = field(default_factory=dict)
    outbox: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(OUTBOX_MAX))
    held: list[str] = field(default_factory=list)
    books: dict[Arg, pushes.Book] = field(default_factory=dict)

    def post(self, text: str) -> None:
        try:
            self.outbox.put_nowait(text)
        except asyncio.QueueFull:
            logger.warning("A stream client reads too slowly: message dropped")

    def say(self, message: dict[str, Any]) -> None:
        self.post(json.dumps(message))


class Streams:
    def __init__(
        self, exchange: Exchange, keys: Keys, faults: Faults, clock: Callable[[], int], user_id: str
    ) -> None:
        self._exchange, self._keys, self._faults = exchange, keys, faults
        self._clock, self._user_id = clock, user_id
        self.sessions: set[Session] = set()
        exchange.listen(self.hear)

    async def serve(self, request: web.Request, *, private: bool) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        session = Session(socket=socket, private=private)
        self.sessions.add(session)
        writer = asyncio.create_task(self._write(session))
        try:
            await self._read(session)
        finally:
            self.sessions.discard(session)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def close(self) -> None:
        for session in list(self.sessions):
            await session.socket.close()

    def hear(self, event: Event) -> None:
        """An event of the exchange: pushed at once to every session that asked."""
        if not self.sessions:
            return
        channels = {arg.channel for session in self.sessions for arg in session.args}
        for push in pushes.of_event(self._exchange, event, self._user_id, channels):
            for session in self.sessions:
                for arg, raw in session.args.items():
                    if push.meets(arg):
                        self._send(session, raw, push.data, push.action)
        if isinstance(event, PriceMoved):
            self._refresh_books(event)

    def _refresh_books(self, event: PriceMoved) -> None:
        product = pushes.SPOT if event.product == "spot" else PRODUCT
        for session in self.sessions:
            for arg, raw in session.args.items():
                if arg.channel.startswith("books") and (product, event.symbol) == (
                    arg.product,
                    arg.name,
                ):
                    self._send_book(session, arg, raw)

    def _send(
        self, session: Session, arg: dict[str, Any], data: list[Any], action: str = "snapshot"
    ) -> None:
        if arg.get("channel") == "positions":
            data = [r for r in data if r["instId"] not in self._faults.missing_positions]
        message = {"action": action, "arg": arg, "data": data, "ts": self._clock()}
        self._post(session, json.dumps(message))

    def _send_book(self, session: Session, arg: Arg, raw: dict[str, Any]) -> None:
        before = session.books.get(arg)
        after = pushes.book(self._exchange, arg)
        session.books[arg] = after
        if arg.channel == "books" and before is not None:
            self._send(session, raw, [after.since(before, self._clock())], "update")
        else:
            self._send(session, raw, [after.whole(self._clock())])

    def _post(self, session: Session, text: str) -> None:
        cue = self._faults.pushes
        if cue.silent:
            return
        if cue.lose:
            cue.lose -= 1
            return
        session.held.extend([text, text] if cue.duplicate else [text])
        if len(session.held) < cue.reorder:
            return
        texts = session.held[::-1] if cue.reorder else session.held[:]
        session.held.clear()
        for each in texts:
            if cue.delay:
                asyncio.get_running_loop().call_later(cue.delay, session.post, each)
            else:
                session.post(each)

    async def _write(self, session: Session) -> None:
        while True:
            text = await session.outbox.get()
            try:
                await session.socket.send_str(text)
            except ConnectionError:
                return

    async def _read(self, session: Session) -> None:
        while True:
            try:
                message = await session.socket.receive(timeout=IDLE_SECONDS_MAX)
            except TimeoutError:
                await session.socket.close()
                return
            if message.type is not WSMsgType.TEXT:
                return
            if message.data == "ping":
                if not (self._faults.pushes.silent or self._faults.pushes.mute_pongs):
                    session.post("pong")
                continue
            self._obey(session, message.data)

    def _obey(self, session: Session, text: str) -> None:
        try:
            request = json.loads(text)
            operation, args = request["op"], request["args"]
        except (ValueError, KeyError, TypeError):
            session.say({"event": "error", "code": 30003, "msg": "Invalid op"})
            return
        match operation:
            case "login":
                self._login(session, args)
            case "subscribe":
                self._subscribe(session, args)
            case "unsubscribe":
                for raw in args:
                    session.args.pop(pushes.arg_of(raw), None)
                    session.say({"event": "unsubscribe", "arg": raw})
            case _:
                session.say({"event": "error", "code": 30003, "msg": f"Invalid op {operation}"})

    def _login(self, session: Session, args: list[dict[str, Any]]) -> None:
        refused = signing.check_login(self._keys, args[0] if args else {}, now=self._clock())
        if refused is None:
            session.logged_in = True
            session.say({"event": "login", "code": 0})
        else:
            session.say({"event": "error", "code": refused[0], "msg": refused[1]})

    def _subscribe(self, session: Session, args: Iterable[dict[str, Any]]) -> None:
        for raw in args:
            arg = pushes.arg_of(raw)
            known = pushes.PRIVATE if session.private else pushes.PUBLIC
            if session.private and not session.logged_in:
                session.say(
                    {"event": "error", "arg": raw, "code": 30004, "msg": "User not logged in"}
                )
                continue
            if not (arg.known(known) and pushes.listed(self._exchange, arg)):
                detail = ",".join(f"{name}:{value}" for name, value in raw.items())
                error = {"event": "error", "arg": raw, "code": 30001, "op": "subscribe"}
                session.say({**error, "msg": f"{detail} doesn't exist"})
                continue
            session.args[arg] = raw
            session.say({"event": "subscribe", "arg": raw})
            if arg.channel.startswith("books"):
                self._send_book(session, arg, raw)
            else:
                first = pushes.at_first(self._exchange, arg)
                if first is not None:
                    self._send(session, raw, first)
