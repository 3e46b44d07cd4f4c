import pytest

from parsing.posts import brief, chain, post, profile
from tgbitget.errors import ConfigError
from tgbitget.parsing import registry
from tgbitget.parsing.freeform import make as make_freeform
from tgbitget.parsing.registry import Registration


@pytest.fixture(autouse=True)
def _loaded() -> None:
    registry.load(())


def test_our_own_parsers_are_known_with_origin_and_version() -> None:
    rows = {row.name: row for row in registry.known()}
    assert {"structured", "template", "pattern", "freeform"} <= set(rows)
    assert rows["template"].origin == "tgbitget.parsing.template:make"
    assert rows["template"].version.count(".") == 2


def test_loading_twice_is_loading_once() -> None:
    before = registry.known()
    registry.load(())
    assert registry.known() == before


def test_a_second_parser_of_one_name_is_refused_naming_both_origins() -> None:
    mine = Registration(
        name="freeform", origin="mine.parsers:make", version="1", load=lambda: make_freeform
    )
    with pytest.raises(ConfigError) as refusal:
        registry.add(mine)
    assert "tgbitget.parsing.freeform:make" in str(refusal.value)
    assert "mine.parsers:make" in str(refusal.value)


def test_an_unknown_parser_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(
        ConfigError, match=r"profile vip: parsing\.parsers names 'fancy', known are .*freeform"
    ):
        registry.make_chain(profile(parsers=["structured", "fancy"]))


def test_the_chain_keeps_the_profiles_order() -> None:
    assert chain(parsers=["freeform", "structured"]).names == ("freeform", "structured")


def test_the_first_parser_that_knows_a_post_wins() -> None:
    text = "SIGNAL | BTCUSDT | BUY | MARKET | SL=60000"
    reading = chain(parsers=["template", "freeform"]).read(post(text))
    assert brief(reading) == "open BTC/USDT long market, sl 60000"
    assert getattr(reading, "parser", None) == "template"
