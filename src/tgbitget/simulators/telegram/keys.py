"""Keys: the server's own RSA pair, and the 2048-bit key that each device shares with it."""

from __future__ import annotations

import functools
import math
import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha1, sha256

import rsa
import rsa.prime
from telethon.crypto import AES
from telethon.crypto.rsa import _compute_fingerprint as fingerprint_of

RSA_BITS = 2048  # a key exchange sends 256 bytes, no other size fits
RSA_EXPONENT = 65537
AUTH_KEY_BYTES = 256

# Telegram's own Diffie-Hellman prime with generator 3: a public protocol constant, and the only one that
# clients take without proving it prime.
DH_GENERATOR = 3
DH_PRIME = int(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4db"
    "fa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64"
    "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b41"
    "0dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4"
    "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf"
    "6f4fadf034b10403119cd8e3b92fcc5b",
    16,
)


@dataclass(frozen=True, slots=True)
class ServerKey:
    """The RSA pair by which a client knows the server."""

    private: rsa.PrivateKey

    @property
    def public_pem(self) -> str:
        """PKCS#1, `BEGIN RSA PUBLIC KEY`, as `telethon.crypto.rsa.add_key` reads it."""
        pem: bytes = rsa.PublicKey(self.private.n, self.private.e).save_pkcs1()
        return pem.decode()

    @property
    def fingerprint(self) -> int:
        return int(fingerprint_of(self.private))

    def decrypt(self, cipher: bytes) -> bytes:
        plain = pow(int.from_bytes(cipher, "big"), self.private.d, self.private.n)
        return plain.to_bytes(RSA_BITS // 8, "big")


def new_server_key() -> ServerKey:
    while True:
        p, q = _prime(RSA_BITS // 2), _prime(RSA_BITS // 2)
        order = (p - 1) * (q - 1)
        if p != q and math.gcd(RSA_EXPONENT, order) == 1:
            return ServerKey(
                rsa.PrivateKey(
                    p * q, RSA_EXPONENT, pow(RSA_EXPONENT, -1, order), max(p, q), min(p, q)
                )
            )


@functools.cache
def default_server_key() -> ServerKey:
    """One pair per process: making it takes a few tenths of a second."""
    return new_server_key()


def _prime(bits: int) -> int:
    # The two highest bits are set, so that the product of two has exactly twice the bits.
    top = 0b11 << (bits - 2)
    while True:
        candidate = secrets.randbits(bits - 2) | top | 1
        # The greatest common divisor spares nine of ten candidates the slow test of the `rsa` package.
        if math.gcd(candidate, _small_primes_product()) == 1 and rsa.prime.is_prime(candidate):
            return candidate


@functools.cache
def _small_primes_product() -> int:
    return math.prod(
        n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2))
    )


@dataclass(frozen=True, slots=True)
class AuthKey:
    """The key of one device. Its id goes before every encrypted packet."""

    secret: bytes = field(repr=False)
    id: bytes = field(init=False)
    aux_hash: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != AUTH_KEY_BYTES:
            raise ValueError(
                f"An authorisation key must have {AUTH_KEY_BYTES} bytes, had {len(self.secret)}"
            )
        digest = sha1(self.secret, usedforsecurity=False).digest()
        object.__setattr__(self, "id", digest[12:20])
        object.__setattr__(self, "aux_hash", digest[:8])

    def cipher(self, message_key: bytes, *, from_client: bool) -> tuple[bytes, bytes]:
        """AES key and initialisation vector of MTProto 2.0 for one packet."""
        x = 0 if from_client else 8
        a = sha256(message_key + self.secret[x : x + 36]).digest()
        b = sha256(self.secret[x + 40 : x + 76] + message_key).digest()
        return a[:8] + b[8:24] + a[24:32], b[:8] + a[8:24] + b[24:32]


def new_auth_key() -> AuthKey:
    # A leading zero is avoided for the reason given in handshake.py.
    return AuthKey(bytes([secrets.randbelow(255) + 1]) + os.urandom(AUTH_KEY_BYTES - 1))


def encrypt_ige(plain: bytes, key: bytes, vector: bytes) -> bytes:
    return bytes(AES.encrypt_ige(plain, key, vector))


def decrypt_ige(cipher: bytes, key: bytes, vector: bytes) -> bytes:
    return bytes(AES.decrypt_ige(cipher, key, vector))
