"""The key exchange: p and q, the RSA key, Diffie-Hellman; unencrypted until both sides have the key."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import rsa.prime
from telethon.tl import functions, types

from .clock import ServerClock
from .envelope import parse, parse_start
from .keys import (
    AUTH_KEY_BYTES,
    DH_GENERATOR,
    DH_PRIME,
    AuthKey,
    ServerKey,
    decrypt_ige,
    encrypt_ige,
)

PQ_PRIME_BITS = 31  # a product below 2^63, as Telegram's; a client factors it in milliseconds


class HandshakeError(Exception):
    """The client broke the exchange; Telegram closes the connection."""


@dataclass(frozen=True, slots=True)
class _Offer:
    nonce: int
    server_nonce: int
    pq: int


@dataclass(frozen=True, slots=True)
class _Secret:
    """What both sides know after the RSA step."""

    offer: _Offer
    new_nonce: bytes
    key: bytes
    vector: bytes
    a: int


class Handshake:
    """One connection's way to a key. `made` holds it once the client has proved that it has it too."""

    def __init__(self, server_key: Callable[[], ServerKey], clock: ServerClock) -> None:
        self._find_key = server_key  # made when first needed: a ready session needs none
        self._clock = clock
        self._offer: _Offer | None = None
        self._secret: _Secret | None = None
        self.made: AuthKey | None = None

    def answer(self, request: Any) -> Any:
        if isinstance(request, functions.ReqPqMultiRequest | functions.ReqPqRequest):
            return self._offer_pq(request.nonce)
        if isinstance(request, functions.ReqDHParamsRequest):
            return self._offer_dh(request)
        if isinstance(request, functions.SetClientDHParamsRequest):
            return self._agree(request)
        raise HandshakeError(
            f"Only a key exchange may be unencrypted, was {type(request).__name__}"
        )

    def _offer_pq(self, nonce: int) -> Any:
        p, q = rsa.prime.getprime(PQ_PRIME_BITS), rsa.prime.getprime(PQ_PRIME_BITS - 1)
        self._offer = _Offer(nonce, _signed(os.urandom(16)), p * q)
        return types.ResPQ(
            nonce=nonce,
            server_nonce=self._offer.server_nonce,
            pq=_big_endian(p * q),
            server_public_key_fingerprints=[self._find_key().fingerprint],
        )

    def _offer_dh(self, request: Any) -> Any:
        offer = self._offer
        if offer is None or (request.nonce, request.server_nonce) != (
            offer.nonce,
            offer.server_nonce,
        ):
            raise HandshakeError("The nonces are not those of this exchange")
        if request.public_key_fingerprint != self._find_key().fingerprint:
            raise HandshakeError(
                f"No key of ours has the fingerprint {request.public_key_fingerprint}"
            )
        inner = self._read_inner(request.encrypted_data)
        p, q = int.from_bytes(inner.p, "big"), int.from_bytes(inner.q, "big")
        if p * q != offer.pq or inner.server_nonce != offer.server_nonce:
            raise HandshakeError(f"p and q must make {offer.pq}, were {p} and {q}")
        self._secret = _make_secret(offer, inner.new_nonce)
        return types.ServerDHParamsOk(
            nonce=offer.nonce,
            server_nonce=offer.server_nonce,
            encrypted_answer=self._dh_answer(self._secret),
        )

    def _read_inner(self, cipher: bytes) -> Any:
        plain = self._find_key().decrypt(cipher)[1:]
        digest, data = plain[:20], plain[20:]
        inner, length = parse_start(data)
        intact = sha1(data[:length], usedforsecurity=False).digest() == digest
        if not intact or not isinstance(inner, types.PQInnerData | types.PQInnerDataDc):
            raise HandshakeError("The data encrypted for our RSA key is damaged")
        return inner

    def _dh_answer(self, secret: _Secret) -> bytes:
        inner = bytes(
            types.ServerDHInnerData(
                nonce=secret.offer.nonce,
                server_nonce=secret.offer.server_nonce,
                g=DH_GENERATOR,
                dh_prime=_big_endian(DH_PRIME),
                g_a=_big_endian(pow(DH_GENERATOR, secret.a, DH_PRIME)),
                server_time=int(self._clock.time()),
            )
        )
        plain = sha1(inner, usedforsecurity=False).digest() + inner
        plain += os.urandom(-len(plain) % 16)
        return encrypt_ige(plain, secret.key, secret.vector)

    def _agree(self, request: Any) -> Any:
        secret = self._secret
        if secret is None or request.server_nonce != secret.offer.server_nonce:
            raise HandshakeError("The nonces are not those of this exchange")
        plain = decrypt_ige(request.encrypted_data, secret.key, secret.vector)
        inner = parse(plain[20:])
        if not isinstance(inner, types.ClientDHInnerData) or inner.nonce != secret.offer.nonce:
            raise HandshakeError("The client's half of the key is damaged")
        shared = pow(int.from_bytes(inner.g_b, "big"), secret.a, DH_PRIME).to_bytes(
            AUTH_KEY_BYTES, "big"
        )
        key = AuthKey(shared)
        nonces = {"nonce": secret.offer.nonce, "server_nonce": secret.offer.server_nonce}
        if shared[0] == 0:
            # Telethon leaves out the leading zero that one key in 256 has, and then disagrees about all
            # that follows from it. MTProto has an answer for an unlucky key: try again.
            return types.DhGenRetry(**nonces, new_nonce_hash2=_proof(secret.new_nonce, 2, key))
        self.made = key
        return types.DhGenOk(**nonces, new_nonce_hash1=_proof(secret.new_nonce, 1, key))


def _make_secret(offer: _Offer, new_nonce_number: int) -> _Secret:
    new = new_nonce_number.to_bytes(32, "little", signed=True)
    server = offer.server_nonce.to_bytes(16, "little", signed=True)
    a, b, c = (
        sha1(pair, usedforsecurity=False).digest()
        for pair in (new + server, server + new, new + new)
    )
    return _Secret(
        offer=offer,
        new_nonce=new,
        key=a + b[:12],
        vector=b[12:] + c + new[:4],
        a=secrets.randbits(2048),
    )


def _proof(new_nonce: bytes, number: int, key: AuthKey) -> int:
    return _signed(
        sha1(new_nonce + bytes([number]) + key.aux_hash, usedforsecurity=False).digest()[4:]
    )


def _signed(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=True)


def _big_endian(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
