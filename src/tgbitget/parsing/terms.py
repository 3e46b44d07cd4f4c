"""What a setup says beside its levels: leverage, margin mode, spot or futures."""

from decimal import Decimal
from typing import Final

from tgbitget.model.intent import MarginMode, MarketKind
from tgbitget.parsing import numbers
from tgbitget.parsing.form import Figure, Sheet
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.numbers import PLAIN
from tgbitget.parsing.tokens import Unit

_TELLING: Final = frozenset({Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL, Meaning.CROSS, Meaning.ISOLATED})  # fmt: skip


def market_kind(sheet: Sheet, *, is_leveraged: bool) -> MarketKind | None:
    is_futures = sheet.has(Meaning.FUTURES) or is_leveraged
    if sheet.has(Meaning.SPOT) and not is_futures:
        return MarketKind.SPOT
    return MarketKind.FUTURES if is_futures or sheet.has(Meaning.LONG, Meaning.SHORT) else None


def margin_mode(sheet: Sheet) -> MarginMode | None:
    is_cross, is_isolated = sheet.has(Meaning.CROSS), sheet.has(Meaning.ISOLATED)
    if is_cross == is_isolated:
        return None
    return MarginMode.CROSS if is_cross else MarginMode.ISOLATED


def leverage(sheet: Sheet, name: Name) -> tuple[Decimal | None, list[Figure]]:
    """The highest of the first range, and where it stands: labelled, else on a line with the word, else in a headline."""
    if not sheet.leverages:
        return None, []
    labelled = [figure for figure, is_labelled in sheet.leverages if is_labelled]
    every = [figure for figure, _ in sheet.leverages]
    said = (
        [figure for figure in labelled if figure.unit is Unit.TIMES]
        or labelled
        or [figure for figure in every if Meaning.LEVERAGE in sheet.lines[figure.line].meanings]
        or [figure for figure in every if _is_headline(sheet, figure.line, name)]
    )
    first = [figure for figure in said if figure.line == said[0].line]
    worths = [found[0] for figure in first if (found := numbers.values(figure.raw, PLAIN))]
    return max(worths, default=None), first


def _is_headline(sheet: Sheet, at: int, name: Name) -> bool:
    """The line speaks of this coin, names a side or margin mode, or holds nothing else."""
    line = sheet.lines[at]
    if any(token.name is not None and token.name.base != name.base for token in line.names):
        return False
    return bool(line.names) or bool(_TELLING & line.meanings) or line.words == 0
