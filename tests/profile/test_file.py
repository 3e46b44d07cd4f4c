from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.errors import ConfigError
from tgbitget.model.money import Percent
from tgbitget.profile import (
    LimitsSection,
    Profile,
    TelegramSection,
    check_channels,
    default_profile,
    load_profile,
    profile_faults,
    profile_files,
)
from tgbitget.settings import AccountLimits, Settings

CHANNELS = '[telegram]\nchannels = ["@vip_signals"]\n'


def write(folder: Path, text: str, name: str = "vip") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(text)
    return file


def load(folder: Path, text: str) -> Profile:
    return load_profile(write(folder, text), Settings(profiles=folder))


def test_a_channel_is_all_that_a_profile_needs(tmp_path: Path) -> None:
    profile = load(tmp_path, CHANNELS)
    assert profile.telegram.channels == ["@vip_signals"]
    assert profile.model_dump(exclude={"telegram"}) == default_profile().model_dump(
        exclude={"telegram"}
    )
    assert profile.name == "vip"


def test_the_defaults_are_those_of_the_contract() -> None:
    profile = default_profile()
    assert profile.mode == "paper"
    assert profile.telegram.channels == []
    assert profile.parsing.parsers == ["structured", "template", "freeform"]
    assert profile.entry.price_band_percent == Decimal("0.5")
    assert profile.size.value == Decimal(50)
    assert profile.exits.missing_stop == "refuse"
    assert profile.limits.orders_per_minute_max == 30
    assert profile.follow_ups.close_fraction_default == Decimal("0.5")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("0.1", "0.1", id="bare"),
        pytest.param('"0.1"', "0.1", id="in quotes"),
        pytest.param("7", "7", id="whole"),
        pytest.param('" 7 "', "7", id="with spaces"),
        pytest.param("1_000.5", "1000.5", id="with an underscore"),
        pytest.param("2e-1", "0.2", id="with an exponent"),
        pytest.param("0.30000000000000004441", "0.30000000000000004441", id="beyond a float"),
    ],
)
def test_numbers_are_exact(tmp_path: Path, written: str, value: str) -> None:
    profile = load(tmp_path, f"{CHANNELS}[size]\nvalue = {written}\n")
    assert profile.size.value == Decimal(value)


@pytest.mark.parametrize(
    ("written", "channel"),
    [
        pytest.param('"@vip_signals"', "@vip_signals", id="name"),
        pytest.param('"vip_signals"', "@vip_signals", id="name without at"),
        pytest.param('"https://t.me/vip_signals"', "@vip_signals", id="link"),
        pytest.param('"t.me/vip_signals/"', "@vip_signals", id="link without scheme"),
        pytest.param('"https://t.me/s/vip_signals/17"', "@vip_signals", id="link to a post"),
        pytest.param('"https://t.me/c/1234567890/17"', -1001234567890, id="private link"),
        pytest.param("-1001234567890", -1001234567890, id="number"),
        pytest.param('"-1001234567890"', -1001234567890, id="number in quotes"),
    ],
)
def test_a_channel_is_a_name_or_a_number(tmp_path: Path, written: str, channel: str | int) -> None:
    assert load(tmp_path, f"[telegram]\nchannels = [{written}]").telegram.channels == [channel]


def test_a_limit_can_be_off(tmp_path: Path) -> None:
    text = f'{CHANNELS}[limits]\ndaily_loss_quote_max = "off"\nopen_positions_max = "off"\n'
    limits = load(tmp_path, text).limits
    assert (limits.daily_loss_quote_max, limits.open_positions_max) == (None, None)


def test_a_distance_is_a_percent(tmp_path: Path) -> None:
    text = f'{CHANNELS}[exits]\nmissing_stop = "5 %"\n'
    exits = load(tmp_path, text).exits
    assert exits.missing_stop_distance == Percent(value=Decimal(5))
    assert default_profile().exits.missing_stop_distance is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            'mode = "papre"', '1: mode: expected .*, was "papre"; did .* "paper"', id="value"
        ),
        pytest.param("colour = 3", "1: colour: unknown key$", id="key at the top"),
        pytest.param('name = "x"', "1: name: unknown key; .* named by its file", id="name"),
        pytest.param("[levarage]", '1: levarage: unknown key; .*"leverage"', id="section"),
        pytest.param("[leverage]\nmx = 3", '2: leverage.mx: unknown key; .*"max"', id="near key"),
        pytest.param(
            '\n\n[limits]\nstop_moves = "none"',
            r"4: limits.stop_moves: unknown key; stop_moves belongs in \[exits\]",
            id="key of another section",
        ),
        pytest.param(
            "leverage.max = 1000", "1: leverage.max: must be at most 150, was 1000", id="dotted"
        ),
        pytest.param(
            "[entry]\nzone_orders = true", "2: .*expected a number, was true", id="no bool"
        ),
        pytest.param("[entry]\nzone_orders = 2.5", "2: .*a whole number, was 2.5", id="no part"),
        pytest.param("[entry]\nzone_orders = 0", "2: .*must be at least 1, was 0", id="too few"),
        pytest.param('[entry]\nfirst_as_market = "yes"', "2: .*true or false", id="word for bool"),
        pytest.param("[entry]\nfirst_as_market = 1", "2: .*true or false", id="number for bool"),
        pytest.param("[size]\nvalue = -5", "2: size.value: must be above 0, was -5", id="negative"),
        pytest.param("[size]\nvalue = nan", "2: size.value: expected a number", id="not a number"),
        pytest.param("[size]\nvalue = inf", "2: size.value: expected a number", id="infinite"),
        pytest.param("[size]\nvalue = 1e999999", "2: .*ordinary size, was 1E", id="exponent"),
        pytest.param(f"[size]\nvalue = 0x{'f' * 9000}", "2: .*of 36000 bits", id="long number"),
        pytest.param('[size]\nvalue = "5%"', '2: .*expected a number, was "5%"', id="percent"),
        pytest.param("[size]\nvalue = [1]", r"2: .*expected a number, was \[1\]", id="list"),
        pytest.param(
            '[size]\nkind = "risk_percent"\nvalue = 101',
            "1: size: value must be .* 100",
            id="over all",
        ),
        pytest.param("[exits]\nsplit = [50, 30]", "2: .*add up to 100, was 80", id="80 percent"),
        pytest.param('[exits]\nsplit = ["50.1", 50]', "2: .*add up to 100, was 100.1", id="100.1"),
        pytest.param("[exits]\nsplit = [150, -50]", "2: .*above 0, was -50", id="negative part"),
        pytest.param("[exits]\nsplit = []", "2: .*1 to 20 percentages, was 0", id="no part at all"),
        pytest.param('[exits]\nsplit = "evn"', '2: .*expected one of even.*was "evn"', id="split"),
        pytest.param('[exits]\nmissing_stop = "5"', '2: .*such as "5%", was "5"', id="no sign"),
        pytest.param('[exits]\nmissing_stop = "100%"', '2: .*such as "5%", was "100%"', id="all"),
        pytest.param(
            '[exits]\nstop_moves = "trailing"\nstop_moves_percent = "12"',
            '.*under stop_moves "trailing": Bitget trails at more than 0 and at most 10 %, was 12',
            id="trailing too far",
        ),
        pytest.param(
            "[exits]\ntrailing_take_profit_percent = 11", "2: .*at most 10 %, was 11", id="trail 11"
        ),
        pytest.param(
            '[exits]\ntrailing_take_profit_percent = ["1", "0.005"]',
            "2: .*in steps of 0.01 %, was 0.005",
            id="trail too fine",
        ),
        pytest.param(
            "[exits]\ntrailing_take_profit_percent = []", "2: .*1 to 20 percentages", id="no trail"
        ),
        pytest.param("[entry]\nresting_max = 0", '2: .*"all" or .*, was 0', id="none rests"),
        pytest.param(
            '[entry]\nresting_max = "two"', '2: .*"all" or .*, was "two"', id="rests in words"
        ),
        pytest.param("[exits]\nstop_moves_trigger = 0", "2: .*1 to 20, was 0", id="target 0"),
        pytest.param("[exits]\nstop_moves_trigger = true", "2: .*was true", id="target true"),
        pytest.param('[market]\nquote = "USDC"', '1: market: quote must be "USDT"', id="quote"),
        pytest.param(
            '[market]\nallow = ["btc"]\ndeny = ["BTC"]', "1: market: BTC stands in", id="both lists"
        ),
        pytest.param('[market]\nallow = ["BTC/USDT"]', "2: .*a coin such as", id="no coin"),
        pytest.param('[signals]\nduplicate_hours = "-1"', "2: .*at least 0, was -1", id="minus"),
        pytest.param(
            "[follow_ups]\nclose_fraction_default = 50", "2: .*at most 1, was 50", id="50"
        ),
        pytest.param(
            '[market]\nproduct = "spot"\n[signals]\nsame_symbol = "separate"',
            'signals.same_symbol "separate" needs hedge mode',
            id="hedge mode on spot",
        ),
        pytest.param("limits = 3", r"1: limits: expected a section, \[limits\], was 3", id="flat"),
        pytest.param(
            '[parsing]\nparsers = [\n  "freeform",\n  7,\n]',
            r"2: parsing.parsers\[1\]: expected text in quotes, was 7",
            id="in a list",
        ),
        pytest.param("x = ", "1: is not TOML: invalid value", id="no value"),
        pytest.param("[size]\n[size]", "2: is not TOML: .*declare", id="section twice"),
        pytest.param("[size\n", "1: is not TOML: expected ']'", id="bracket"),
    ],
)
def test_a_fault_names_line_key_and_value(tmp_path: Path, text: str, fault: str) -> None:
    file = write(tmp_path, f"{text}\n{CHANNELS}")
    with pytest.raises(ConfigError, match=fault) as caught:
        load_profile(file, Settings(profiles=tmp_path))
    assert str(caught.value).startswith(f"{file}:")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        pytest.param("", r"\[telegram\] channels is missing", id="no section"),
        pytest.param("channels = []", ":2: .*at least 1, was 0", id="none"),
        pytest.param('channels = "@a_b"', ':2: .*expected a list, was "@a_b"', id="no list"),
        pytest.param('channels = ["@vip", "@vip"]', ":2: .*@vip stands there twice", id="twice"),
        pytest.param('channels = ["two words"]', ':2: .*was "two words"', id="two words"),
        pytest.param('channels = ["https://t.me/+abcdef"]', ":2: .*or a numeric id", id="invite"),
        pytest.param("channels = [true]", ":2: .*was true", id="a bool"),
        pytest.param("channels = [0]", ":2: .*was 0", id="nought"),
        pytest.param(
            'channels = ["@vip"]\nfast_poll_seconds = 0.5', ":3: .*from 1, or 0", id="too fast"
        ),
        pytest.param(
            'channels = ["@vip"]\nfast_poll_seconds = "slow"', ':3: .*was "slow"', id="no pace"
        ),
    ],
)
def test_channels_are_checked(tmp_path: Path, section: str, fault: str) -> None:
    text = f"[telegram]\n{section}" if section else ""
    with pytest.raises(ConfigError, match=fault):
        load(tmp_path, text)


def test_all_faults_are_listed_by_line(tmp_path: Path) -> None:
    file = write(tmp_path, f'{CHANNELS}[size]\nvalu = 5\nkind = "x"\n[entry]\nsplit = 3\n')
    faults = profile_faults(file)
    assert [fault.line for fault in faults] == [4, 5, 7]
    with pytest.raises(ConfigError, match=r"\(and 2 more: see `tgbitget profiles check"):
        load_profile(file, Settings(profiles=tmp_path))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"mode = '\xff'", "is not UTF-8 text, byte 8 is 0xff", id="no UTF-8"),
        pytest.param(b"#" * 300_000, "at most 200000 bytes", id="too long"),
    ],
)
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "vip.toml"
    file.write_bytes(content)
    assert problem in str(profile_faults(file)[0])


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "there is no such file" in str(profile_faults(tmp_path / "x.toml")[0])
    assert "Is a directory" in str(profile_faults(tmp_path)[0])


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "vip.toml"
    file.write_text(CHANNELS, encoding="utf-8-sig")
    assert profile_faults(file) == ()


def test_a_name_is_looked_for_in_each_folder(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        write(folder, CHANNELS, "vip")
    write(second, CHANNELS, "other")
    files = profile_files((first, second, tmp_path / "none"))
    assert files == {"vip": first / "vip.toml", "other": second / "other.toml"}
    where = SimpleNamespace(profile_folders=(first, second))
    assert load_profile("other", where).name == "other"


def test_an_unknown_name_lists_where_and_what_is_near(tmp_path: Path) -> None:
    write(tmp_path, CHANNELS, "vip-channel")
    with pytest.raises(
        ConfigError, match=r'no profile "vip-chanel" in .*; did you.* "vip-channel"'
    ):
        load_profile("vip-chanel", Settings(profiles=tmp_path))


def _profile(name: str, *channels: str | int) -> Profile:
    return Profile(name=name, telegram=TelegramSection(channels=list(channels)))


def test_a_channel_stands_in_one_profile_only() -> None:
    check_channels([_profile("a", "@one", -5), _profile("b", "@two")])
    with pytest.raises(ConfigError, match='channel @One stands in the profiles "a" and "b"'):
        check_channels([_profile("a", "@one", -5), _profile("b", "@two", "@One")])


def test_the_account_has_the_same_limits_all_off() -> None:
    assert set(AccountLimits.model_fields) == set(LimitsSection.model_fields)
    assert set(AccountLimits().model_dump().values()) == {None}


@given(st.text(max_size=300))
def test_any_text_is_a_profile_or_has_faults_in_one_line_each(text: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "x.toml"
        file.write_text(text, encoding="utf-8", errors="surrogatepass")
        for fault in profile_faults(file):
            assert "\n" not in str(fault)
