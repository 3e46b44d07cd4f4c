"""Placeholders for media: enough for a client to see that a picture is there."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from telethon.tl import types

_numbers = itertools.count(1)


def photo(when: datetime) -> Any:
    number = next(_numbers)
    return types.MessageMediaPhoto(
        photo=types.Photo(
            id=number,
            access_hash=number,
            file_reference=b"placeholder",
            date=when,
            sizes=[types.PhotoSize(type="x", w=800, h=600, size=100_000)],
            dc_id=2,
        )
    )
