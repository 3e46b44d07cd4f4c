"""Bytes that only a key opens: AES-256-GCM, the key stretched by scrypt. For the session file."""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# A guess costs an attacker 32 MB and some 60 ms, and us the same once in a run.
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 << 20}
_SALT_BYTES = 16
_NONCE_BYTES = 12
_PURPOSE = b"tgbitget session 1"


class WrongKey(ValueError):
    """This key does not open it, or somebody changed what was sealed."""


@dataclass(slots=True)
class Seal:
    """Seals and opens with one key; what the key was stretched to is kept for each salt."""

    key: str = field(repr=False)
    _stretched: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _salt: bytes = field(default_factory=lambda: os.urandom(_SALT_BYTES), repr=False)

    def close(self, content: bytes) -> dict[str, str]:
        """*content* as texts that may stand in JSON, never twice the same."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._stretch(self._salt)).encrypt(nonce, content, _PURPOSE)
        parts = {"salt": self._salt, "nonce": nonce, "content": sealed}
        return {name: base64.b64encode(part).decode() for name, part in parts.items()}

    def open(self, parts: Mapping[str, Any]) -> bytes:
        """What `close` was given. WrongKey; ValueError, KeyError and TypeError for what it never made."""
        salt, nonce, sealed = (
            base64.b64decode(parts[name]) for name in ("salt", "nonce", "content")
        )
        try:
            content = AESGCM(self._stretch(salt)).decrypt(nonce, sealed, _PURPOSE)
        except InvalidTag:
            raise WrongKey("the key does not open it") from None
        self._salt = salt
        return content

    def _stretch(self, salt: bytes) -> bytes:
        if salt not in self._stretched:
            stretched = hashlib.scrypt(self.key.encode(), salt=salt, dklen=32, **_COST)
            self._stretched[salt] = stretched
        return self._stretched[salt]
