import pytest

from parsing.posts import brief, chain, post
from tgbitget.errors import ConfigError

SIMPLE = r"GO (?P<side>\w+) (?P<symbol>[A-Z]+) (?P<entry>[\d.]+)(?: x (?P<stop>[\d.]+))?(?: > (?P<targets>[\d. ]+))?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("note: GO long BTC 65000 x 64000 > 66000 67000", "open BTC long futures limit 65000, tp 66000 67000, sl 64000", id="all groups"),
        pytest.param("GO buy ETH 3000", "open ETH long limit 3000", id="optional groups"),
        pytest.param("GO up ETH 3000", "unclear no_direction", id="a side that is none"),
        pytest.param("STOP ETH", "none", id="no match"),
        pytest.param("GO long BTC 65000 x 66000", "unclear sl_wrong_side", id="levels are judged"),
    ],
)  # fmt: skip
def test_an_expression_reads(text: str, expected: str) -> None:
    assert brief(chain(parsers=["pattern"], patterns=[SIMPLE]).read(post(text))) == expected


def test_numbered_groups_are_targets_in_order() -> None:
    pattern = r"(?P<symbol>\w+) (?P<side>buy|sell) (?P<entry>\d+) (?P<tp2>\d+) (?P<tp1>\d+)"
    reading = chain(parsers=["pattern"], patterns=[pattern]).read(post("BTC buy 100 120 110"))
    assert brief(reading) == "open BTC long limit 100, tp 110 120"


def test_a_kind_group_reads_follow_ups() -> None:
    pattern = r"(?P<symbol>[A-Z]+): (?P<kind>close|cancel)"
    chained = chain(parsers=["pattern"], patterns=[pattern])
    assert brief(chained.read(post("BTC: close"))) == "close BTC"
    assert brief(chained.read(post("BTC: cancel"))) == "cancel BTC"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        pytest.param("(?P<symbol>", r"profile vip: parsing.patterns\[1\]: missing \)", id="broken"),
        pytest.param(r"(?P<symbol>\w+)(?=x)", r"parsing.patterns\[1\]: invalid perl operator", id="look-ahead is not linear"),
        pytest.param(r"(?P<coin>\w+)", r"parsing.patterns\[1\]: unknown group 'coin'", id="an unknown group"),
        pytest.param(r"(?P<side>\w+)", r"needs the group 'symbol'", id="no symbol"),
        pytest.param(r"(?P<symbol>(((a{100}){100}){100}))", r"parsing.patterns\[1\]: ", id="too large a program"),
    ],
)  # fmt: skip
def test_an_expression_that_cannot_be_used_is_refused_at_its_place(
    pattern: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        chain(parsers=["pattern"], patterns=[SIMPLE, pattern])


def test_a_profile_that_names_the_parser_needs_expressions() -> None:
    with pytest.raises(
        ConfigError, match=r"profile vip: the parser 'pattern' needs parsing\.patterns"
    ):
        chain(parsers=["pattern"])


def test_an_expression_that_would_explode_elsewhere_takes_linear_time() -> None:
    pattern = r"(?P<symbol>(a+)+)b"
    reading = chain(parsers=["pattern"], patterns=[pattern]).read(post("a" * 4096))
    assert brief(reading) == "none"
