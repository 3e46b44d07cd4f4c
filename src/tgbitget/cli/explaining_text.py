"""An explained reading on a terminal or as plain text: the post with its words marked, the rules, the parsers."""

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tgbitget.cli.explaining import Answer, Explanation
from tgbitget.cli.marked_text import QUIET, legend, marked, name_of, style_of
from tgbitget.cli.reading_text import reading_pairs
from tgbitget.cli.reasons import rule_words
from tgbitget.cli.tables import print_drawn, print_pairs
from tgbitget.cli.words import harmless, shortened
from tgbitget.model.reading import NotASignal, Span

_INDENT = 2
_WORDS_SHOWN = 30  # of one rule, in the table below the post
_PARENT_SHOWN = 60
_ANSWERS = {"none": "no signal"}


def print_explanation(explanation: Explanation) -> None:
    print_pairs([*reading_pairs(explanation.reading), *_answered(explanation)])
    print()
    print_drawn(_screen(explanation, Console().width))


def _screen(explanation: Explanation, width: int) -> Iterator[RenderableType]:
    yield from _post(explanation, width)
    if explanation.spans and not isinstance(explanation.reading, NotASignal):
        yield Text("\nBy which rule", style="bold")
        yield _rules(explanation)
    if explanation.answers:
        yield Text("\nThe parsers, in their order", style="bold")
        yield _parsers(explanation.answers)


def _answered(explanation: Explanation) -> Iterator[tuple[str, str]]:
    parents = explanation.post.parents
    if parents:
        said = shortened(parents[0].text, _PARENT_SHOWN)
        yield "answers", f"{parents[0].message_id}, “{said}”"


def _post(explanation: Explanation, width: int) -> Iterator[RenderableType]:
    heading = Text("The post", style="bold")
    if explanation.spans:
        heading.append("  marked: ", style=f"{QUIET} not bold")
        heading.append_text(legend(explanation.spans))
    yield heading
    text = explanation.post.text.strip("\n")
    for line in marked(text, _spans(explanation), width=width - _INDENT):
        yield Text(" " * _INDENT, no_wrap=True, overflow="ignore", end="") + line


def _spans(explanation: Explanation) -> tuple[Span, ...]:
    """Counted from where the shown text begins."""
    text = explanation.post.text
    skipped = len(text) - len(text.lstrip("\n"))
    if not skipped:
        return explanation.spans
    return tuple(
        Span(field=s.field, start=s.start - skipped, end=s.end - skipped, rule=s.rule)
        for s in explanation.spans
    )


def _rules(explanation: Explanation) -> Padding:
    """Each field once for each rule that gave it words."""
    text = explanation.post.text
    said: dict[tuple[str, str], list[Span]] = {}
    for span in explanation.spans:
        said.setdefault((name_of(span), span.rule), []).append(span)
    table = _table()
    for (name, rule), spans in said.items():
        quoted = ", ".join(f"“{shortened(text[s.start : s.end], _WORDS_SHOWN)}”" for s in spans)
        table.add_row(
            Text(harmless(name), style=style_of(spans[0].field)),
            Text(quoted),
            Text(harmless(rule_words(rule)), style=QUIET),
        )
    return Padding(table, (0, 0, 0, _INDENT))


def _parsers(answers: tuple[Answer, ...]) -> Padding:
    table = _table()
    for answer in answers:
        table.add_row(
            Text(harmless(answer.name), style="bold" if answer.is_reader else ""),
            Text(_ANSWERS.get(answer.kind, answer.kind), style="" if answer.is_asked else QUIET),
            Text(harmless(_told(answer)), style=QUIET),
        )
    return Padding(table, (0, 0, 0, _INDENT))


def _told(answer: Answer) -> str:
    if answer.is_reader:
        return f"it read the post{f': {answer.reason}' if answer.reason else ''}"
    if not answer.is_asked:
        return f"not asked: one before it had read the post{f'; it says: {answer.reason}' if answer.reason else ''}"
    return answer.reason


def _table() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    return table
