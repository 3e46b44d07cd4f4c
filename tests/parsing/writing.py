"""Posts of every shape and script, from a seed: the words of each language's vocabulary in forms that channels use."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random

from tgbitget.bench.phrases import BOASTS, COINS, TALK
from tgbitget.parsing.lexicon import Meaning, languages, lexicon

LABELS = ("{label}: {value}", "{label} {value}", "{label} - {value}", "{label}\n{value}", "{value} {label}", "➡️ {label} : {value}", "{label}={value}", "{label}({value})")  # fmt: skip
JOINS = (" - ", "-", " / ", ", ", " ", "\n", " to ", "~", "; ", " и ", "、")
HEADS = ("#{coin}/USDT {side}", "{coin} {side}", "{side} ${coin}", "🔥 #{coin}USDT {side} {lever}x", "Coin: {coin}\nDirection: {side}", "{coin}USDT.P\n{side}", "#{coin} #{side}", "{side} {coin} now")  # fmt: skip
COUNTS = ("{n}) ", "{n}. ", "{n}: ", "TP{n} ", "{n}️⃣ ", "① ", "T{n}: ", "🎯 ", "✅ ", "{n}  ")
DIGITS = (
    "0123456789",
    "０１２３４５６７８９",
    "۰۱۲۳۴۵۶۷۸۹",
    "٠١٢٣٤٥٦٧٨٩",
    "०१२३४५६७८९",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
)


@cache
def phrases(language: str, meaning: Meaning) -> Sequence[str]:
    """How *language* says it; where it has no word, how English does, or all others."""
    words = lexicon((language,) if language else ())
    found = [
        ("" if phrase in words.unspaced.values() else " ").join(phrase.words)
        for phrase in words.every()
        if phrase.meaning is meaning
    ]
    return found or phrases("" if language == "en" else "en", meaning)


class Pen:
    """One writer: a language, an alphabet of digits, a habit of marks in numbers."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.language = rng.choice(languages())
        self.digits = str.maketrans(DIGITS[0], DIGITS[0] if rng.random() < 0.8 else rng.choice(DIGITS))  # fmt: skip
        self.habit = rng.choice(_HABITS)
        self.coin = rng.choice(COINS)

    def word(self, meaning: Meaning) -> str:
        phrase = self.rng.choice(phrases(self.language, meaning))
        return self.rng.choice((phrase, phrase.capitalize(), phrase.upper(), phrase.title()))

    def number(self, value: float) -> str:
        return self.habit(value, self.rng).translate(self.digits)

    def line(self, meaning: Meaning, value: str) -> str:
        return self.rng.choice(LABELS).format(label=self.word(meaning), value=value)


def _plain(value: float, rng: Random) -> str:
    return f"{value:.{rng.randint(0, 4)}f}" if value > 1 else f"{value:.7f}"


_HABITS: Sequence[Callable[[float, Random], str]] = (
    _plain,
    _plain,
    lambda value, rng: f"${_plain(value, rng)}",
    lambda value, _: f"{value:,.2f}",
    lambda value, _: f"{value:,.2f}".translate(str.maketrans(",.", ".,")),
    lambda value, _: f"{value:,.0f}".replace(",", " "),
    lambda value, _: f"{value:,.1f}".replace(",", "'"),
    lambda value, _: f"{value:.3f}".replace(".", ","),
    lambda value, _: f"{value / 1_000:.2f}k",
    lambda value, _: f"{value / 10_000:.3f}万",
    lambda value, _: f"{value / 1_000:.3f} bin",
    lambda value, _: f"{value:.2e}",
    lambda value, _: f"0.0₅{int(value) % 1_000}",
)


def set_up(rng: Random) -> str:
    pen = Pen(rng)
    price = 10 ** rng.uniform(-4, 5)
    way = rng.choice((1, -1))
    side = pen.word(rng.choice((Meaning.LONG, Meaning.BUY) if way > 0 else (Meaning.SHORT, Meaning.SELL)))  # fmt: skip
    entries = [pen.number(price * (1 + n / 200)) for n in range(rng.choice((1, 1, 1, 2, 2, 3)))]
    targets = [pen.number(price * (1 + way * n / 40)) for n in range(1, rng.randint(2, 8))]
    lines = [
        rng.choice(HEADS).format(coin=pen.coin, side=side, lever=rng.randint(1, 125)),
        pen.line(Meaning.ENTRY, rng.choice(JOINS).join(entries)) if rng.random() < 0.85 else pen.word(Meaning.AT_MARKET),
        _targets(pen, targets),
        pen.line(Meaning.STOP, pen.number(price * (1 - way / 25))),
    ]  # fmt: skip
    if rng.random() < 0.5:
        lines.append(pen.line(Meaning.LEVERAGE, f"{rng.randint(1, 125)}{rng.choice('xXх×')}"))
    if rng.random() < 0.3:
        rng.shuffle(lines)
    return rng.choice(("\n", "\n", "\n\n", " ", ", ")).join(lines)


def _targets(pen: Pen, targets: Sequence[str]) -> str:
    rng = pen.rng
    if rng.random() < 0.4:
        return pen.line(Meaning.TARGET, rng.choice(JOINS).join(targets))
    count = rng.choice(COUNTS)
    share = rng.choice(("", "", "", " (25%)", " - 50%", " ✅", " 🎯"))
    return f"{pen.word(Meaning.TARGET)}:\n" + "\n".join(
        count.format(n=n) + target + share for n, target in enumerate(targets, start=1)
    )


def follow_up(rng: Random) -> str:
    pen = Pen(rng)
    price = pen.number(10 ** rng.uniform(-4, 5))
    pieces = {
        "close": f"{pen.word(Meaning.CLOSE)} {rng.choice(('', pen.coin, pen.word(Meaning.HALF), pen.word(Meaning.ALL), f'{rng.randint(1, 100)}%'))}",
        "cancel": f"{pen.word(Meaning.CANCEL)} {rng.choice((pen.coin, pen.word(Meaning.PENDING), pen.word(Meaning.OBJECT)))}",
        "stop": f"{pen.word(Meaning.MOVE)} {pen.word(Meaning.STOP)} {pen.word(Meaning.TO)} {rng.choice((price, pen.word(Meaning.ENTRY), pen.word(Meaning.BREAKEVEN), f'TP{rng.randint(1, 4)}'))}",
        "targets": f"{pen.word(Meaning.AMENDED)} {pen.word(Meaning.TARGET)} {price}",
        "void": pen.word(Meaning.VOID),
    }  # fmt: skip
    said = rng.sample(list(pieces.values()), rng.choice((1, 1, 1, 2, 3)))
    name = rng.choice(("", "", f"#{pen.coin} ", f"{pen.coin}/USDT: ", f"${pen.coin} "))
    return name + rng.choice((", ", ". ", "\n", " & ", " и ", " | ")).join(said)


def noise(rng: Random) -> str:
    pen = Pen(rng)
    form = rng.choice((*TALK, *BOASTS))
    slots = {f"t{n}": pen.number(10 ** rng.uniform(-2, 4)) for n in range(1, 7)}
    said = form.format(
        coin=pen.coin, other=rng.choice(COINS), percent=rng.randint(1, 300), count=rng.randint(1, 90),
        n=rng.randint(1, 9), lev=rng.randint(1, 50), price=pen.number(10 ** rng.uniform(-2, 4)), **slots,
    )  # fmt: skip
    words = [pen.word(rng.choice(list(Meaning))) for _ in range(rng.choice((0, 0, 0, 2, 6)))]
    return " ".join([said, *words])


def machine(rng: Random) -> str:
    """JSON and the built-in template."""
    price = round(10 ** rng.uniform(-3, 4), 4)
    coin, side = rng.choice(COINS), rng.choice(("long", "short", "buy", "SELL"))
    if rng.random() < 0.5:
        return f'{{"symbol": "{coin}USDT", "side": "{side}", "entry": {price}, "take_profits": [{price * 1.1:.4f}], "stop_loss": "{price * 0.9:.4f}", "leverage": {rng.randint(1, 50)}}}'
    return f"SIGNAL | {coin}USDT | {side} | LIMIT {price} | TP={price * 1.1:.4f} | SL={price * 0.9:.4f} | LEV={rng.randint(1, 50)}"


def soup(rng: Random) -> str:
    """The trade's words and numbers in no order."""
    pen = Pen(rng)
    pieces = [
        pen.word(rng.choice(list(Meaning))) if rng.random() < 0.6 else pen.number(10 ** rng.uniform(-4, 5))
        for _ in range(rng.randint(1, 40))
    ]  # fmt: skip
    return rng.choice((" ", "\n", "", ": ", ", ")).join(pieces)


SHAPES: Mapping[Callable[[Random], str], int] = {
    set_up: 45, follow_up: 20, noise: 20, machine: 5, soup: 10,
}  # fmt: skip


def written(rng: Random) -> str:
    """A post of any shape."""
    (shape,) = rng.choices(list(SHAPES), list(SHAPES.values()))
    return shape(rng)
