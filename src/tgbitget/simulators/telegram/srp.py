"""The second factor: Secure Remote Password as Telegram does it, the server's half."""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import Any

from telethon.tl import types

from .keys import DH_GENERATOR, DH_PRIME

_ITERATIONS = 100_000
_BYTES = 256
_PRIME = DH_PRIME.to_bytes(_BYTES, "big")
_GENERATOR = DH_GENERATOR.to_bytes(_BYTES, "big")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One question to the client; good for one try."""

    id: int
    b: int
    public: bytes


class Verifier:
    """Knows whether a password is right without being told it."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._salt1 = os.urandom(16)
        self._salt2 = os.urandom(16)

    @property
    def algorithm(self) -> Any:
        return types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
            salt1=self._salt1, salt2=self._salt2, g=DH_GENERATOR, p=_PRIME
        )

    def challenge(self) -> Challenge:
        b = secrets.randbits(2048)
        k = _number(_sha256(_PRIME, _GENERATOR))
        public = (k * self._v + pow(DH_GENERATOR, b, DH_PRIME)) % DH_PRIME
        return Challenge(secrets.randbits(62), b, public.to_bytes(_BYTES, "big"))

    def accepts(self, challenge: Challenge, a_public: bytes, proof: bytes) -> bool:
        a = int.from_bytes(a_public, "big")
        if not 0 < a < DH_PRIME:
            return False
        padded = a.to_bytes(_BYTES, "big")
        u = _number(_sha256(padded, challenge.public))
        shared = pow(a * pow(self._v, u, DH_PRIME), challenge.b, DH_PRIME)
        masked = bytes(x ^ y for x, y in zip(_sha256(_PRIME), _sha256(_GENERATOR), strict=True))
        expected = _sha256(
            masked,
            _sha256(self._salt1),
            _sha256(self._salt2),
            padded,
            challenge.public,
            _sha256(shared.to_bytes(_BYTES, "big")),
        )
        return hmac.compare_digest(expected, proof)

    @functools.cached_property
    def _v(self) -> int:
        first = _sha256(self._salt2, _sha256(self._salt1, self._password, self._salt1), self._salt2)
        slow = hashlib.pbkdf2_hmac("sha512", first, self._salt1, _ITERATIONS)
        return pow(DH_GENERATOR, _number(_sha256(self._salt2, slow, self._salt2)), DH_PRIME)


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _number(digest: bytes) -> int:
    return int.from_bytes(digest, "big")
