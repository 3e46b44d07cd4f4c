"""Levels that a post tells of and does not ask for: samples, plans, results, reports, questions, what was reached.

A `Sheet` knows all its words, so most of these are asked only where it has one that could say so.
"""

from typing import Final

from tgbitget.parsing.form import NARRATIVE, Sheet
from tgbitget.parsing.levels import Roles
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.opening import COMPLETE

PROSE_WORDS: Final = 3
"""Plain words of a line; with more it is prose."""
_REPORTS: Final = frozenset(
    {
        Meaning.HIT,
        Meaning.RESULT,
        Meaning.TALK,
        Meaning.IF,
        Meaning.FUTURE,
        Meaning.CLOSED,
    }
)
TELLING: Final = NARRATIVE | {Meaning.SAMPLE, Meaning.PAST, Meaning.RESULT}
"""Without a word of these no levels are told as a sample, a plan or a result."""


def is_told(sheet: Sheet, roles: Roles) -> bool:
    is_sample = sheet.has(Meaning.SAMPLE, Meaning.PAST) and _is_sample(sheet, roles)
    return is_sample or _is_narrated(sheet, roles) or any(line.is_result for line in sheet.lines)


def is_asked(sheet: Sheet, roles: Roles) -> bool:
    return any(sheet.lines[figure.line].is_question for figure in roles.figures)


def is_report(sheet: Sheet, roles: Roles) -> bool:
    """Words of a report, unless the levels stand as in a form, whatever is said around it."""
    return _says_report(sheet, roles) and not _are_levels_headed(sheet, roles)


def has_reached_levels(sheet: Sheet, roles: Roles) -> bool:
    lines = [sheet.lines[figure.line].meanings for figure in roles.figures]
    return any(Meaning.HIT in line and Meaning.IF not in line for line in lines)


def is_over(sheet: Sheet, roles: Roles) -> bool:
    """What became of the trade stands on a line of its own."""
    levels = {figure.line for figure in roles.figures}
    return any(line.is_status for at, line in enumerate(sheet.lines) if at not in levels)


def _says_report(sheet: Sheet, roles: Roles) -> bool:
    """`40% of profit` beside a target shares the amount; on a line of its own a profit is told."""
    if not sheet.meanings.isdisjoint(_REPORTS):
        return True
    if not sheet.has(Meaning.PROFIT):
        return False
    levels = {figure.line for figure in roles.figures}
    return any(
        Meaning.PROFIT in line.meanings for at, line in enumerate(sheet.lines) if at not in levels
    )


def _are_levels_headed(sheet: Sheet, roles: Roles) -> bool:
    """Entry and stop or targets on lines that hold little else."""
    lines = [sheet.lines[at] for at in {figure.line for figure in roles.figures}]
    bare = [line for line in lines if line.plain_words <= PROSE_WORDS]
    return len(bare) > COMPLETE and all(line.meanings.isdisjoint(_REPORTS) for line in bare)


def _is_sample(sheet: Sheet, roles: Roles) -> bool:
    """`Example: …`, said before or beside the levels; below them it is every channel's small print.

    What was yesterday is told in a headline or beside the levels; in a paragraph it is a reason.
    """
    levels = {figure.line for figure in roles.figures}
    lines = sheet.lines[: max(levels, default=len(sheet.lines)) + 1]
    return any(
        Meaning.SAMPLE in line.meanings
        or (Meaning.PAST in line.meanings and (line.is_form or at in levels))
        for at, line in enumerate(lines)
    )


def _is_narrated(sheet: Sheet, roles: Roles) -> bool:
    """`If you had taken our long: entry 3000 …`: a condition or a plan leads to the entry."""
    for block in roles.entries:
        for figure in block.prices:
            at = sheet.lines[figure.line].narrated_at
            is_inside = block.label is Meaning.ENTRY and at is not None and block.start < at
            if at is not None and at < figure.start and not is_inside:
                return True
    return False
