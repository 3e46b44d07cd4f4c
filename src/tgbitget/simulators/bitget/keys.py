"""The key of the simulated account, and the checks that every signed request must pass."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from tgbitget.simulators.bitget.refusals import Refusal

CLOCK_TOLERANCE_MS = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Anybody may know them: they open nothing but this simulation."""

    api_key: str = "bg_simulated_account"
    api_secret: str = field(default="simulated-secret", repr=False)
    passphrase: str = field(default="simulated-words", repr=False)
    demo: bool = False  # a demo key works with the header PAPTRADING only, a live key without

    def signature(self, text: str) -> str:
        digest = hmac.new(self.api_secret.encode(), text.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()


def check_request(
    keys: Keys,
    headers: Mapping[str, str],
    *,
    method: str,
    target: str,
    body: str,
    now: int,
) -> None:
    """`target` is the path with the query as it is signed: not percent-encoded."""
    key = headers.get("ACCESS-KEY", "")
    if not key:
        raise Refusal("40001")
    if not headers.get("ACCESS-SIGN"):
        raise Refusal("40003")
    stamp = headers.get("ACCESS-TIMESTAMP", "")
    if not stamp.isdigit():
        raise Refusal("40005")
    if abs(now - int(stamp)) > CLOCK_TOLERANCE_MS:
        raise Refusal("40008")
    if not headers.get("ACCESS-PASSPHRASE"):
        raise Refusal("40011")
    if key != keys.api_key:
        raise Refusal("40006")
    if (headers.get("PAPTRADING") == "1") != keys.demo:
        raise Refusal("40099")
    expected = keys.signature(stamp + method + target + body)
    if not hmac.compare_digest(expected, headers["ACCESS-SIGN"]):
        raise Refusal("40009")
    if headers["ACCESS-PASSPHRASE"] != keys.passphrase:
        raise Refusal("40012")
    if method == "POST" and "json" not in headers.get("Content-Type", ""):
        raise Refusal("40007")


def check_login(keys: Keys, login: Mapping[str, object], *, now: int) -> tuple[int, str] | None:
    """The code and sentence of a refused WebSocket login; nothing when it is right."""
    stamp = str(login.get("timestamp", ""))
    if login.get("apiKey") != keys.api_key:
        return 30011, "Invalid ACCESS_KEY"
    if login.get("passphrase") != keys.passphrase:
        return 30012, "Invalid ACCESS_PASSPHRASE"
    if not stamp.isdigit():
        return 30013, "Invalid ACCESS_TIMESTAMP"
    if abs(now - int(stamp) * 1000) > CLOCK_TOLERANCE_MS:
        return 30014, "Request timestamp expired"
    if login.get("sign") != keys.signature(f"{stamp}GET/user/verify"):
        return 30015, "Invalid sign"
    return None
