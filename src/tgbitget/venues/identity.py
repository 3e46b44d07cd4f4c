"""Who we are at Bitget: a classic account, its hold mode, its user id. Asked once, when the venue is opened."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from loguru import logger

from tgbitget.errors import (
    EndpointMissing,
    NotAuthorised,
    Unreachable,
    VenueError,
    VenueLocked,
)
from tgbitget.venues import holdings
from tgbitget.venues.ccxt_errors import CLASSIC_ACCOUNT
from tgbitget.venues.ccxt_line import Credentials
from tgbitget.venues.inquiry import Inquiry
from tgbitget.venues.key_addresses import bound_to
from tgbitget.venues.orders import MARGIN_COIN, PRODUCT_TYPE

# The account is told per symbol; what is asked for with this is the same for all.
ACCOUNT_OF_ANY = {"symbol": "BTCUSDT", "productType": PRODUCT_TYPE, "marginCoin": MARGIN_COIN}
_UNIFIED_FIELDS = frozenset({"accountMode", "assetMode", "holdMode", "accountLevel"})

UNIFIED = (
    "This Bitget account is a unified one (v3), and only classic accounts are supported: "
    "use the API key of a classic account or sub-account"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The venue's user, whose id is part of every client order id, what the key may do, and from where.

    Empty `permissions`, and `addresses` None, are what the venue did not tell; no addresses at all: it works from any.
    """

    user_id: str
    permissions: tuple[str, ...] = ()
    addresses: tuple[str, ...] | None = None


async def refuse_unified(inquiry: Inquiry) -> None:
    """NotAuthorised for a unified account. What cannot be learnt counts as classic: orders would tell soon enough."""
    try:
        settings = await inquiry("privateUtaGetV3AccountSettings")
    except VenueLocked as error:
        raise NotAuthorised(str(error)) from error
    except VenueError as error:
        if error.code != CLASSIC_ACCOUNT:
            logger.warning("Bitget does not say if the account is a classic one: {}", error)
        return
    if isinstance(settings, Mapping) and _UNIFIED_FIELDS & settings.keys():
        raise NotAuthorised(UNIFIED)


async def learn_hold_mode(inquiry: Inquiry, *, otherwise: bool = False) -> bool:
    """True for hedge mode. An account that does not say is *otherwise*: Bitget's refusals would tell. VenueLocked."""
    try:
        row = await inquiry("privateMixGetV2MixAccountAccount", ACCOUNT_OF_ANY)
        return holdings.is_hedged(row)
    except VenueLocked:
        raise
    except (VenueError, ValueError, AttributeError) as error:
        mode = "hedge" if otherwise else "one-way"
        logger.warning("Bitget does not say its hold mode, taken for {}: {}", mode, error)
        return otherwise


async def learn_who(inquiry: Inquiry, credentials: Credentials) -> Who:
    """Where the account never tells its user id, one made of its API key stands in. NotAuthorised, Unreachable.

    A question that only failed is no such case: the id is part of every client order id, and open trades are known by it.
    """
    row, why = await _account_info(inquiry)
    user_id = row.get("userId") if isinstance(row, Mapping) else None
    if isinstance(row, Mapping) and user_id:
        permissions = row.get("authorities")
        known = permissions if isinstance(permissions, list) else []
        return Who(
            user_id=str(user_id),
            permissions=tuple(str(each) for each in known),
            addresses=bound_to(row.get("ips")),
        )
    logger.warning("Bitget does not tell the user id, the API key stands for it: {}", why)
    stand_in = hashlib.sha256(credentials.api_key.encode()).hexdigest()[:16]
    return Who(user_id=f"key-{stand_in}")


async def _account_info(inquiry: Inquiry) -> tuple[object, str]:
    """What the endpoint tells, or None and why it never will."""
    failure: VenueError | None = None
    for _ in range(WHO_ASKED_MAX):  # at the endpoint's own slow pace
        try:
            return await inquiry("privateSpotGetV2SpotAccountInfo"), "its answer names none"
        except VenueLocked as error:
            if error.code not in _ONLY_SPOT_IS_CLOSED:
                raise NotAuthorised(str(error)) from error
            return None, str(error)
        except EndpointMissing as error:
            return None, str(error)
        except VenueError as error:
            failure = error
    raise Unreachable(f"Bitget does not say whose account it is: {failure}") from failure


WHO_ASKED_MAX = 3
_ONLY_SPOT_IS_CLOSED = frozenset(
    {"40014", "40040"}
)  # a key for futures only may not read the spot account
