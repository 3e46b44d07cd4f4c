"""A profile for a channel, from what its history shows; what was seen stands beside each choice.

Nothing here is bolder than the defaults: caps are lowered to what the channel asks for, never raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from tgbitget.cli.survey import Survey
from tgbitget.cli.tally_text import listed, share
from tgbitget.model.money import exact
from tgbitget.model.reading import NotASignal, Read, Reading
from tgbitget.parsing import registry
from tgbitget.parsing.chain import Chain
from tgbitget.profile import (
    LeverageSection,
    MarketSection,
    ParsingSection,
    Profile,
    TelegramSection,
)

_HEARD_SHARE: Final = 20
"""A language is the channel's where one post in so many that ask for something is in it."""
_NARROWED_FROM: Final = 20
"""Of fewer posts nobody can tell what a channel will write next."""
_NONE_READ: Final = (
    "no set-up was read. Look at some posts with `tgbitget parse --posts FILE --explain`, and describe their form in "
    "`templates` or `patterns`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`seen` maps keys (`exits.missing_stop`) to what the history says about them."""

    profile: Profile
    seen: Mapping[str, str]


@dataclass(slots=True)
class _Draft:
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    def choose(self, key: str, value: Any, seen: str) -> None:
        section, _, name = key.partition(".")
        self.values.setdefault(section, {})[name] = value
        self.seen[key] = seen


def proposed(
    survey: Survey, *, name: str, channels: Sequence[str | int], mode: str, title: str
) -> Proposal:
    """ValidationError when a channel or mode is none."""
    draft = _Draft(seen={"telegram.channels": _channel_words(survey, title)})
    draft.values["telegram"] = {"channels": list(channels)}
    base = {"name": name, "mode": mode}
    Profile.model_validate({**base, **draft.values})
    _parsing(survey, draft)
    if survey.tally.set_ups:
        _market(survey, draft)
        _entries_and_exits(survey, draft)
        _leverage(survey, draft)
    _follow_ups(survey, draft)
    profile = Profile.model_validate({**base, **draft.values})
    return Proposal(profile=profile, seen=draft.seen)


def _channel_words(survey: Survey, title: str) -> str:
    tally = survey.tally
    posts = f"{tally.posts} posts"
    if tally.first and tally.last:
        posts += f" from {tally.first:%Y-%m-%d} to {tally.last:%Y-%m-%d}"
    return f"{title}, {posts}" if title else posts


def _parsing(survey: Survey, draft: _Draft) -> None:
    tally = survey.tally
    order = ParsingSection().parsers
    read = [name for name in order if tally.parsers[name]]
    if not tally.set_ups:
        draft.seen["parsing.parsers"] = _NONE_READ
    elif read:
        counts = listed({name: tally.parsers[name] for name in read})
        draft.choose("parsing.parsers", read, f"of {survey.asking} posts that ask for something: {counts}")  # fmt: skip
    languages, said = _languages(survey, read or order)
    draft.choose("parsing.language", languages, said)


def _languages(survey: Survey, parsers: Sequence[str]) -> tuple[list[str], str]:
    """Those that were heard, where reading with these alone loses nothing; English stays, everybody borrows from it."""
    heard = [
        language
        for language, count in survey.heard.most_common()
        if count * _HEARD_SHARE >= survey.asking
    ]
    said = _heard_words(survey, heard)
    if not heard or survey.asking < _NARROWED_FROM:
        return [], f"{said}; too few to leave languages out"
    chosen = [*heard, *(["en"] if "en" not in heard else [])]
    lost, doubted = _differences(survey, registry.make_chain(_with_languages(parsers, chosen)))
    posts = len(survey.last)
    if lost:
        return [], f"{said}; with these alone {lost} of {posts} would be read otherwise, so all languages stay"  # fmt: skip
    more = f", {doubted} of them as unclear" if doubted else ""
    return chosen, f"{said}; with these alone the same {posts} are taken{more}"


def _heard_words(survey: Survey, heard: Sequence[str]) -> str:
    """`ru in 96 %, en in 12 % of 430 posts that ask for something; numbers with decimal comma 8`."""
    shares = ", ".join(f"{one} in {share(survey.heard[one], survey.asking)}" for one in heard)
    said = f"{shares or 'no language'} of {survey.asking} posts that ask for something"
    habits = f"; numbers with {listed(survey.numbers)}" if survey.numbers else ""
    return f"{said}{habits}"


def _with_languages(parsers: Sequence[str], languages: Sequence[str]) -> Profile:
    parsing = ParsingSection(parsers=list(parsers), language=list(languages))
    return Profile(telegram=TelegramSection.model_construct(channels=[]), parsing=parsing)


def _differences(survey: Survey, chain: Chain) -> tuple[int, int]:
    """Of the latest posts: how many are read otherwise or not at all, and how many only become unclear."""
    lost = doubted = 0
    for post, before in survey.last:
        match _intent(before), chain.read(post):
            case None, _:
                pass
            case intent, Read(intent=after):
                lost += intent != after
            case _, NotASignal():
                lost += 1
            case _:
                doubted += 1
    return lost, doubted


def _intent(reading: Reading) -> object:
    return reading.intent if isinstance(reading, Read) else None


def _market(survey: Survey, draft: _Draft) -> None:
    set_ups = survey.tally.set_ups
    spot, futures = survey.markets["spot"], survey.markets["futures"]
    said = f"{futures} of {set_ups} set-ups speak of futures, {spot} of spot"
    draft.choose("market.product", "spot" if spot * 2 > set_ups else "usdt-futures", said)
    if survey.quotes:
        draft.seen["market.quote"] = f"named are {listed(survey.quotes)}"
    draft.seen["market.allow"] = f"most frequent: {listed(survey.tally.symbols)}"
    assert draft.values["market"]["product"] in ("spot", MarketSection().product)


def _entries_and_exits(survey: Survey, draft: _Draft) -> None:
    tally = survey.tally
    set_ups = tally.set_ups
    shares = {f"{kind}": count for kind, count in survey.entries.items()}
    draft.seen["entry.first_as_market"] = f"entries of {set_ups} set-ups: {listed(shares)}"
    zones = survey.entries["zone"]
    draft.seen["entry.zone_orders"] = f"{zones} of {set_ups} set-ups name a zone"
    usual = survey.targets.most_common(1)[0]
    draft.seen["exits.split"] = (
        f"targets in a set-up: {_ranges(survey.targets)}; most often {usual[0]} ({usual[1]} of {set_ups})"
    )
    without = set_ups - tally.with_stop
    said = f"{tally.with_stop} of {set_ups} set-ups name a stop"
    if without:
        said += f"; the {without} without one are refused, a distance would trade them"
    draft.choose("exits.missing_stop", "refuse", said)
    if survey.edited:
        draft.seen["follow_ups.edits"] = (
            f"{survey.edited} of {set_ups} set-ups were edited, half of these within {survey.edit_minutes:.0f} minutes"
        )
    else:
        draft.seen["follow_ups.edits"] = f"none of {set_ups} set-ups was edited"


def _ranges(counts: Mapping[str, int]) -> str:
    numbers = sorted(int(name) for name in counts if name.isdigit())
    return f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _leverage(survey: Survey, draft: _Draft) -> None:
    set_ups, named = survey.tally.set_ups, survey.leverages.total()
    usual, highest = survey.usual_leverage, survey.highest_leverage
    defaults = LeverageSection()
    if usual is None or highest is None:
        draft.seen["leverage.max"] = f"none of {set_ups} set-ups names a leverage"
        return
    cap = min(defaults.max, max(Decimal(1), highest))
    above = sum(count for name, count in survey.leverages.items() if Decimal(name) > cap)
    said = f"{named} of {set_ups} set-ups name one, most often {exact(usual)}x, at most {exact(highest)}x"
    if above:
        said += f"; {above} ask for more than {exact(cap)}x and are capped"
    draft.choose("leverage.max", cap, said)
    draft.choose(
        "leverage.default",
        min(defaults.default, cap, max(Decimal(1), usual)),
        f"for the {set_ups - named} set-ups that name none",
    )
    if survey.margins:
        draft.seen["leverage.margin_mode"] = f"the posts say {listed(survey.margins)}"


def _follow_ups(survey: Survey, draft: _Draft) -> None:
    tally = survey.tally
    if survey.partial_closes:
        draft.seen["follow_ups.close_fraction_default"] = (
            f"{survey.unspecified_closes} of {survey.partial_closes} partial closes name no amount"
        )
    if tally.follow_ups:
        by = tally.named_by
        draft.seen["follow_ups.deletions"] = (
            f"{tally.follow_ups} follow-ups: {by['reply']} by reply, {by['name']} by name, {by['neither']} by neither; "
            "deleted posts are in no export"
        )
