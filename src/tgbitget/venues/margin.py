"""Margin mode and leverage of each symbol: asked once, set only where it differs."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from loguru import logger

from tgbitget.errors import OutcomeUnknown, VenueRejected, VenueUnreachable
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Market
from tgbitget.model.money import exact
from tgbitget.venues import holdings
from tgbitget.venues.ccxt_errors import CLOCK_IS_OFF
from tgbitget.venues.ccxt_line import Line, Row, send
from tgbitget.venues.holdings import Setting
from tgbitget.venues.inquiry import Inquiry
from tgbitget.venues.orders import MARGIN_COIN, PRODUCT_TYPE, margin_mode_word
from tgbitget.venues.pacing import Pacing

_SET_MODE = "privateMixPostV2MixAccountSetMarginMode"
_SET_LEVERAGE = "privateMixPostV2MixAccountSetLeverage"
_NOT_TOLD = Setting()


class MarginSettings:
    """What the venue has for each symbol, as far as we asked or set it ourselves."""

    def __init__(self, line: Line, inquiry: Inquiry, pacing: Pacing) -> None:
        self._line = line
        self._inquiry = inquiry
        self._pacing = pacing
        self._known: dict[str, Setting] = {}
        # What is prepared ahead must not come between a trade's own setting and its order.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def mode(self, market: Market) -> MarginMode:
        """For an order's body. Asked for only when nobody prepared the symbol; Bitget's default when it does not say."""
        return (await self._of(market)).mode or MarginMode.CROSS

    async def prepare(
        self, market: Market, *, leverage: Decimal, mode: MarginMode, is_hedged: bool
    ) -> None:
        """Set what differs; when the venue does not say what it has, set both and remember them."""
        async with self._turns[market.symbol]:
            await self._prepare(market, leverage=leverage, mode=mode, is_hedged=is_hedged)

    async def learn(self, market: Market) -> None:
        """What it is set to, where that is not known yet."""
        async with self._turns[market.symbol]:
            await self._of(market)

    async def _prepare(
        self, market: Market, *, leverage: Decimal, mode: MarginMode, is_hedged: bool
    ) -> None:
        setting = await self._of(market)
        if setting.mode is not mode:
            await self._change(market, _SET_MODE, {"marginMode": margin_mode_word(mode)})
            setting = self._keep(market, replace(setting, mode=mode))
        by_side = is_hedged and mode is MarginMode.ISOLATED
        for side in (Side.LONG, Side.SHORT) if by_side else (None,):
            if not _has(setting, leverage, side):
                hold: dict[str, Any] = {} if side is None else {"holdSide": str(side)}
                await self._change(market, _SET_LEVERAGE, {"leverage": exact(leverage), **hold})
                setting = self._keep(market, setting.with_leverage(leverage, side))

    async def setting(self, market: Market) -> Setting:
        """As the venue has it now."""
        self.forget(market)
        return await self._of(market)

    def forget(self, market: Market) -> None:
        """Somebody else may have changed it."""
        self._known.pop(market.symbol, None)

    async def _of(self, market: Market) -> Setting:
        known = self._known.get(market.symbol)
        if known is not None:
            return known
        params = {"symbol": market.id, "productType": PRODUCT_TYPE, "marginCoin": MARGIN_COIN}
        try:
            row = await self._inquiry("privateMixGetV2MixAccountAccount", params)
            setting = holdings.setting(row)
        except (VenueUnreachable, ValueError, AttributeError) as error:
            logger.warning("Bitget does not say what {} is set to: {}", market.symbol, error)
            return _NOT_TOLD
        return self._keep(market, setting)

    def _keep(self, market: Market, setting: Setting) -> Setting:
        self._known[market.symbol] = setting
        return setting

    async def _change(self, market: Market, name: str, change: Row) -> None:
        body = {
            "symbol": market.id,
            "productType": PRODUCT_TYPE,
            "marginCoin": MARGIN_COIN,
            **change,
        }
        try:
            await self._send(name, body)
        except OutcomeUnknown as error:
            # Setting a value twice does no harm, so this may simply be asked for again.
            self.forget(market)
            raise VenueUnreachable(str(error), code=error.code) from error

    async def _send(self, name: str, body: Row) -> None:
        try:
            async with self._pacing.query(name):
                await send(getattr(self._line, name), body)
        except VenueRejected as error:
            if error.code not in CLOCK_IS_OFF:
                raise
            await self._inquiry.correct_time()
            async with self._pacing.query(name):
                await send(getattr(self._line, name), body)


def _has(setting: Setting, leverage: Decimal, side: Side | None) -> bool:
    sides = tuple(Side) if side is None else (side,)
    return all(setting.leverage(each) == leverage for each in sides)
