"""Requests are carried out: unwrapped, logged, disturbed by faults, answered or refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from telethon.tl import functions, types

from .calls import Answer, Call
from .envelope import UnknownConstructor, parse, rpc_result, serialise
from .faults import Fault, Faults
from .refusal import Refusal
from .requests import Request, RequestLog, name_of
from .session import Session
from .world import World

log = logging.getLogger(__name__)

_WRAPPERS = (
    functions.InvokeWithLayerRequest,
    functions.InitConnectionRequest,
    functions.InvokeWithoutUpdatesRequest,
    functions.InvokeAfterMsgRequest,
    functions.InvokeAfterMsgsRequest,
)


class Rpc:
    """Carries out requests, in the order in which they come."""

    def __init__(self, world: World, answers: dict[type[Any], Answer]) -> None:
        self.faults = Faults()
        self.requests = RequestLog()
        self.unknown_requests: list[str] = []
        self._world = world
        self._answers = answers

    def receive(
        self, session: Session, message_id: int, body: bytes, drop: Callable[[], None]
    ) -> None:
        """Answer one request, now or later; `drop` resets its connection."""
        try:
            request, wants_updates = self._unwrap(parse(body), session)
        except UnknownConstructor as e:
            refusal = self._unknown(f"{e.id:08x}")
            session.send(_refused(message_id, refusal), content=True, answer=True)
            return
        device = session.device
        name = name_of(type(request))
        account_id = device.account.id if device.account else None
        device.active = now = self._world.clock.now()
        self.requests.add(Request(name=name, body=request, at=now, account_id=account_id))
        faults = self.faults.hit(name, request)
        answer = self._answer(Call(self._world, session), name, request, message_id, faults)
        # Before the answer leaves, so that nothing pushed after it is missed.
        session.receives_updates |= wants_updates and device.account is not None
        self._deliver(session, message_id, answer, faults, drop)

    def _unwrap(self, request: Any, session: Session) -> tuple[Any, bool]:
        wants_updates = True
        while isinstance(request, _WRAPPERS):
            if isinstance(request, functions.InvokeWithoutUpdatesRequest):
                wants_updates = False
            elif isinstance(request, functions.InitConnectionRequest):
                device = session.device
                device.api_id = request.api_id
                device.model = request.device_model
                device.system = request.system_version
                device.app_version = request.app_version
            request = request.query
        return request, wants_updates

    def _answer(
        self, call: Call, name: str, request: Any, message_id: int, faults: list[Fault]
    ) -> bytes:
        try:
            if call.device.dead is not None:
                raise call.device.dead
            for fault in faults:
                if fault.refusal is not None:
                    raise fault.refusal
            answer = self._answers.get(type(request))
            if answer is None:
                raise self._unknown(name)
            return rpc_result(message_id, serialise(answer(call, request)))
        except Refusal as refusal:
            return _refused(message_id, refusal)

    def _deliver(
        self,
        session: Session,
        message_id: int,
        answer: bytes,
        faults: list[Fault],
        drop: Callable[[], None],
    ) -> None:
        delay = sum(fault.delay_seconds for fault in faults)
        if any(fault.drops for fault in faults):
            drop()
        elif any(fault.hangs for fault in faults):
            session.acknowledge([message_id])
        elif delay:
            session.acknowledge([message_id])
            asyncio.get_running_loop().call_later(
                delay, lambda: session.send(answer, content=True, answer=True)
            )
        else:
            session.send(answer, content=True, answer=True)

    def _unknown(self, name: str) -> Refusal:
        self.unknown_requests.append(name)
        log.error("The simulated Telegram does not know the request %s", name)
        return Refusal(400, f"UNSUPPORTED_BY_SIMULATOR_{name}")


def _refused(message_id: int, refusal: Refusal) -> bytes:
    return rpc_result(
        message_id, serialise(types.RpcError(error_code=refusal.code, error_message=refusal.name))
    )
