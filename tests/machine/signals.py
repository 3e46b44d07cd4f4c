"""Signals as a channel writes them: each of a few forms, levels as distances from where the price was."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tgbitget.model.money import exact

ONE = Decimal(1)


class Form(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    ZONE = "zone"
    LADDER = "ladder"
    TRIGGER = "trigger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Distances are in percent, towards profit; `base` is the price that they are counted from."""

    coin: str
    base: Decimal
    tick: Decimal
    is_long: bool
    form: Form
    stop: Decimal
    targets: tuple[Decimal, ...]
    leverage: int | None = None

    @property
    def symbol(self) -> str:
        return f"{self.coin}USDT"

    def at(self, percent: Decimal) -> Decimal:
        away = percent if self.is_long else -percent
        return (self.base * (ONE + away / 100)).quantize(self.tick)

    @property
    def text(self) -> str:
        side = "LONG" if self.is_long else "SHORT"
        lines = [f"#{self.coin}/USDT {side}", *self._entries()]
        lines += [f"TP{n}: {exact(self.at(t))}" for n, t in enumerate(self.targets, 1)]
        lines.append(f"SL: {exact(self.at(-self.stop))}")
        if self.leverage is not None:
            lines.append(f"Leverage: {self.leverage}x")
        return "\n".join(lines)

    def _entries(self) -> list[str]:
        match self.form:
            case Form.MARKET:
                return ["Entry: market"]
            case Form.LIMIT:
                return [f"Entry: {self._level('-0.8')}"]
            case Form.ZONE:
                return [f"Entry zone: {self._level('-1.2')} - {self._level('-0.4')}"]
            case Form.LADDER:
                levels = ("-0.4", "-1.0", "-1.6")
                return [f"Entry {n}: {self._level(one)}" for n, one in enumerate(levels, 1)]
            case Form.TRIGGER:
                return [f"{'Buy above' if self.is_long else 'Sell below'} {self._level('0.6')}"]

    def _level(self, percent: str) -> str:
        return exact(self.at(Decimal(percent)))

    def __str__(self) -> str:
        side = "long" if self.is_long else "short"
        aims = "/".join(map(exact, self.targets))
        return f"{self.coin} {side} {self.form}, stop {exact(self.stop)} % away, targets {aims} %"
