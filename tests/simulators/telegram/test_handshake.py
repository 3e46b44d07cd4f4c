from dataclasses import replace
from typing import Any

import pytest
from telethon.crypto import rsa
from telethon.errors import SecurityError
from telethon.network.authenticator import do_authentication
from telethon.tl import functions, types

from tgbitget.simulators.telegram.clock import ServerClock
from tgbitget.simulators.telegram.envelope import (
    EnvelopeError,
    UnknownConstructor,
    parse,
    serialise,
)
from tgbitget.simulators.telegram.handshake import Handshake, HandshakeError
from tgbitget.simulators.telegram.keys import AuthKey, default_server_key


class Wire:
    """Stands for Telethon's plain sender: what it sends is answered at once."""

    def __init__(self) -> None:
        rsa.add_key(default_server_key().public_pem, old=False)
        self.handshake = Handshake(default_server_key, ServerClock())
        self.keys: list[AuthKey] = []

    async def send(self, request: Any) -> Any:
        answer = self.handshake.answer(parse(bytes(self.changed(request))))
        if self.handshake.made is not None:
            self.keys.append(self.handshake.made)
        return parse(serialise(answer))

    def changed(self, request: Any) -> Any:
        return request


async def test_both_sides_agree_on_a_key() -> None:
    wire = Wire()
    key, offset = await do_authentication(wire)
    assert [made.secret for made in wire.keys] == [key.key]
    assert abs(offset) <= 1


async def test_an_unlucky_key_is_made_again() -> None:
    class Unlucky(Wire):
        def changed(self, request: Any) -> Any:
            if isinstance(request, functions.SetClientDHParamsRequest):
                # Whatever the client chose, the shared number becomes 1: 255 leading zeros.
                assert self.handshake._secret is not None
                self.handshake._secret = replace(self.handshake._secret, a=0)
            return request

    wire = Unlucky()
    with pytest.raises(SecurityError, match="new nonce hash"):  # Telethon then tries again
        await do_authentication(wire)
    assert wire.keys == []


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        pytest.param(
            functions.ReqDHParamsRequest, {"nonce": 1}, "not those of this", id="another nonce"
        ),
        pytest.param(
            functions.ReqDHParamsRequest,
            {"public_key_fingerprint": 7},
            "fingerprint 7",
            id="another key",
        ),
        pytest.param(
            functions.SetClientDHParamsRequest,
            {"server_nonce": 1},
            "not those of this",
            id="another server nonce",
        ),
    ],
)
async def test_a_broken_exchange_is_refused(
    kind: type[Any], change: dict[str, Any], message: str
) -> None:
    class Broken(Wire):
        def changed(self, request: Any) -> Any:
            if isinstance(request, kind):
                vars(request).update(change)
            return request

    with pytest.raises(HandshakeError, match=message):
        await do_authentication(Broken())


@pytest.mark.parametrize("kind", [functions.ReqDHParamsRequest, functions.SetClientDHParamsRequest])
async def test_damaged_secrets_are_refused(kind: type[Any]) -> None:
    class Damaged(Wire):
        def changed(self, request: Any) -> Any:
            if isinstance(request, kind):
                request.encrypted_data = bytes(len(request.encrypted_data))
            return request

    with pytest.raises((HandshakeError, EnvelopeError, UnknownConstructor)):
        await do_authentication(Damaged())


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            functions.SetClientDHParamsRequest(1, 1, b""), id="the end before the beginning"
        ),
        pytest.param(functions.help.GetConfigRequest(), id="a request without a key"),
        pytest.param(types.InputPeerSelf(), id="no request"),
    ],
)
def test_only_an_exchange_may_be_unencrypted(request_: Any) -> None:
    with pytest.raises(HandshakeError):
        Handshake(default_server_key, ServerClock()).answer(request_)


def test_a_key_has_its_length() -> None:
    with pytest.raises(ValueError, match="256 bytes, had 3"):
        AuthKey(b"abc")
