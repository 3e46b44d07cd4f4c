"""Which trade a follow-up means."""

from datetime import UTC, datetime

import pytest

from tgbitget.model.ids import ChannelId, signal_id
from tgbitget.model.intent import ClosePosition, Side
from tgbitget.model.plan import Outcome
from tgbitget.model.post import Post, Via
from tgbitget.positions.answered import Answered
from tgbitget.positions.finder import Candidate, NotFound, find

OURS, OTHER = ChannelId("-1001"), ChannelId("-1002")


def candidate(
    message: int, base: str, *, side: Side = Side.LONG, channel: ChannelId = OURS
) -> Candidate:
    return Candidate(
        signal=signal_id(channel, message),
        channel=channel,
        message_id=message,
        base=base,
        side=side,
    )


def post(
    text: str = "close",
    *,
    reply_to: int | None = None,
    parents: tuple[Post, ...] = (),
    links: tuple[str, ...] = (),
) -> Post:
    return Post(
        channel=OURS,
        message_id=99,
        date=datetime(2026, 5, 1, tzinfo=UTC),
        text=text,
        via=Via.PUSH,
        reply_to=reply_to,
        parents=parents,
        links=links,
    )


def answered(message: int, reply_to: int | None = None) -> Post:
    return Post(
        channel=OURS,
        message_id=message,
        date=datetime(2026, 5, 1, tzinfo=UTC),
        text="",
        via=Via.PUSH,
        reply_to=reply_to,
    )


BTC, ETH, BONK = candidate(1, "BTC"), candidate(2, "ETH"), candidate(3, "1000BONK")
ALL = (BTC, ETH, BONK)


@pytest.mark.parametrize(
    ("news", "intent", "meant"),
    [
        pytest.param(post(reply_to=2), ClosePosition(), ETH, id="a reply"),
        pytest.param(
            post(reply_to=8, parents=(answered(8, 1),)),
            ClosePosition(),
            BTC,
            id="a reply to a reply",
        ),
        pytest.param(
            post(reply_to=8, parents=(answered(8, 5), answered(5, 2))),
            ClosePosition(),
            ETH,
            id="the chain's root",
        ),
        pytest.param(
            post(links=("https://t.me/c/5/2",)),
            ClosePosition(),
            None,
            id="a link into another channel",
        ),
        pytest.param(
            post(links=("https://t.me/c/001/2",)),
            ClosePosition(),
            None,
            id="an id that only looks alike",
        ),
        pytest.param(post(), ClosePosition(symbol="ETH"), ETH, id="a name"),
        pytest.param(
            post(), ClosePosition(symbol="BONK"), BONK, id="a name without its multiplier"
        ),
        pytest.param(post(), ClosePosition(symbol="DOGE"), None, id="a name that no trade has"),
        pytest.param(post(), ClosePosition(), None, id="nothing at all, and several trades"),
        pytest.param(post(reply_to=50), ClosePosition(), None, id="a reply to something else"),
        pytest.param(
            post(reply_to=1),
            ClosePosition(symbol="ETH"),
            None,
            id="a reply and another name contradict",
        ),
    ],
)
def test_a_follow_up_finds_its_trade_or_none(
    news: Post, intent: ClosePosition, meant: Candidate | None
) -> None:
    found = find(news, intent, ALL)
    assert found == meant if meant is not None else isinstance(found, NotFound)


def test_a_private_link_carries_its_channel() -> None:
    channel = ChannelId("-1001234567890")
    trade = candidate(7, "SOL", channel=channel)
    here = Post(
        channel=channel,
        message_id=9,
        date=datetime(2026, 5, 1, tzinfo=UTC),
        text="see https://t.me/c/1234567890/7",
        via=Via.PUSH,
    )
    assert find(here, ClosePosition(), (trade, candidate(8, "XRP", channel=channel))) == trade


def test_two_trades_of_one_coin_are_told_apart_by_side_only() -> None:
    long, short = candidate(1, "BTC"), candidate(2, "BTC", side=Side.SHORT)
    assert find(post(), ClosePosition(symbol="BTC", side=Side.SHORT), (long, short)) == short
    unclear = find(post(), ClosePosition(symbol="BTC"), (long, short))
    assert isinstance(unclear, NotFound)
    assert unclear.reason == "ambiguous_trade"


def test_the_only_trade_is_meant_when_nothing_is_named() -> None:
    assert find(post(), ClosePosition(), (BTC,)) == BTC


def test_another_channel_s_trade_is_never_meant() -> None:
    assert isinstance(
        find(post(reply_to=1), ClosePosition(), (candidate(1, "BTC", channel=OTHER),)), NotFound
    )


def test_the_symbol_of_the_parent_post_names_it() -> None:
    assert find(post(), ClosePosition(), ALL, parent_symbol="ETH") == ETH


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        pytest.param("close https://t.me/c/1/2", ETH.signal, id="by the channel's id"),
        pytest.param("close t.me/c/1/55/2", ETH.signal, id="in a topic"),
        pytest.param("close https://t.me/Vip_Signals/2", ETH.signal, id="by its name"),
        pytest.param(
            "close telegram.me/vip_signals/55/2", ETH.signal, id="by its name, in a topic"
        ),
        pytest.param("close post 2 now", ETH.signal, id="by the post's number"),
        pytest.param("close message #2", ETH.signal, id="by the message's number"),
        pytest.param("close t.me/other_signals/2", None, id="another channel's name"),
        pytest.param("close t.me/c/2/2", None, id="another channel's id"),
        pytest.param("close signal #2", None, id="a number of the channel's own"),
        pytest.param("close 2", None, id="a bare number"),
    ],
)
def test_a_link_or_a_posts_number_settles_it(text: str, signal: str | None) -> None:
    found = find(post(text), ClosePosition(), ALL, username="vip_signals")
    assert (found.signal if isinstance(found, Candidate) else None) == signal


def test_what_fits_several_is_named_for_the_owner_to_choose() -> None:
    found = find(post(), ClosePosition(), ALL)
    assert isinstance(found, NotFound)
    assert found.fitting == (BTC.signal, ETH.signal, BONK.signal)


def test_a_reply_that_names_another_coin_may_mean_either() -> None:
    found = find(post(reply_to=1), ClosePosition(symbol="ETH"), ALL)
    assert isinstance(found, NotFound)
    assert found.fitting == (BTC.signal, ETH.signal)


KNOWN = {
    10: Answered(is_signal=True, symbol="BTC", outcome=Outcome.REFUSED),
    11: Answered(symbol=None, reply_to=1),
    12: Answered(trade=ETH.signal),
    13: Answered(trade=signal_id(OURS, 77), symbol="BTC"),
    14: Answered(trade=signal_id(OURS, 78), symbol="DOGE"),
    15: Answered(symbol=None, reply_to=10),
    16: Answered(symbol="BTC"),
    17: Answered(symbol=None, reply_to=17),
}


@pytest.mark.parametrize(
    ("reply_to", "symbol", "meant"),
    [
        pytest.param(10, None, "not_traded", id="a signal that was not traded"),
        pytest.param(10, "BTC", "not_traded", id="the same, named again"),
        pytest.param(10, "ETH", ETH.signal, id="to it, but of another coin's trade"),
        pytest.param(11, None, BTC.signal, id="talk that answers a trade"),
        pytest.param(12, None, ETH.signal, id="a follow-up of a trade, by name or link"),
        pytest.param(13, None, "ambiguous_trade", id="a trade that is over, another stands"),
        pytest.param(14, None, "no_trade", id="a trade that is over"),
        pytest.param(15, None, "not_traded", id="a follow-up of what was not traded"),
        pytest.param(16, None, BTC.signal, id="a report that names the coin"),
        pytest.param(17, None, BTC.signal, id="a chain that bites its tail ends"),
    ],
)
def test_what_a_reply_answers_decides_before_the_coins_name_does(
    reply_to: int, symbol: str | None, meant: str
) -> None:
    found = find(
        post(reply_to=reply_to),
        ClosePosition(symbol=symbol),
        ALL,
        parent_symbol="BTC",
        answered_at=KNOWN.get,
    )
    assert (found.signal if isinstance(found, Candidate) else found.reason) == meant
