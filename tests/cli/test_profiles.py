import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from tgbitget.cli.profile_text import profile_text, toml
from tgbitget.profile import LimitsSection, Profile, load_profile, profile_faults
from tgbitget.settings import Settings

from .conftest import Tgbitget

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "profiles").glob("*.toml"))


def test_list_shows_each_profile(profiles: Path, tgbitget: Tgbitget) -> None:
    ran = tgbitget("profiles", "list")
    assert (ran.code, ran.out) == (0, "vip\tpaper\t@vip_signals\tprofiles/vip.toml\n")


def test_list_shows_a_faulty_one_with_its_fault(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "bad.toml").write_text("x = 3")
    rows = [json.loads(line) for line in tgbitget("profiles", "list", "--json").out.splitlines()]
    assert rows[0]["name"] == "bad"
    assert rows[0]["fault"].startswith("profiles/bad.toml:1: x: unknown key")
    assert rows[1]["fault"] is None


def test_show_writes_every_default_and_loads_again(
    profiles: Path, tmp_path: Path, tgbitget: Tgbitget
) -> None:
    (profiles / "vip.toml").write_text(
        '[telegram]\nchannels = [-1001, "@a_b"]\n[exits]\nsplit = [60, "40.0"]\n'
        '[limits]\ndaily_loss_quote_max = "off"\n[parsing]\n'
        'patterns = [\'(?P<symbol>\\w+) "x"\', "it\'s"]\n'
    )
    ran = tgbitget("profiles", "show", "vip")
    copy = tmp_path / "vip.toml"
    copy.write_text(ran.out)
    settings = Settings(profiles=profiles)
    assert load_profile(copy, settings) == load_profile("vip", settings)


def test_show_as_json_keeps_numbers_exact(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "vip.toml").write_text(
        '[telegram]\nchannels = [-1001]\n[exits]\nsplit = [60, "40.0"]\n'
    )
    shown = json.loads(tgbitget("profiles", "show", "vip", "--json").out)
    assert shown["name"] == "vip"
    assert shown["exits"]["split"] == ["60", "40"]
    assert shown["entry"]["price_band_percent"] == "0.5"
    assert shown["limits"]["open_positions_max"] == 5


def test_check_says_what_it_understood(profiles: Path, tgbitget: Tgbitget) -> None:
    ran = tgbitget("profiles", "check", "vip")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("vip (profiles/vip.toml)\n  It trades on paper")
    assert "  It follows @vip_signals.\n" in ran.out


def test_check_warns_of_what_is_probably_not_meant(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "vip.toml").write_text('size.value = 900\n[telegram]\nchannels = ["@a_b"]\n')
    assert "  Warning: size.value 900 USDT is above" in tgbitget("profiles", "check").out


def test_check_names_every_fault_of_every_file(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "bad.toml").write_text("[exits]\nsplit = [1]\nstop_move = 3\n")
    ran = tgbitget("profiles", "check")
    assert ran.code == 2
    assert ran.err.count("tgbitget: profiles/bad.toml") == 3
    assert "It follows @vip_signals." in ran.out


def test_check_refuses_a_channel_in_two_profiles(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "two.toml").write_text('[telegram]\nchannels = ["@VIP_signals"]\n')
    ran = tgbitget("profiles", "check")
    assert ran.code == 2
    assert 'stands in the profiles "two" and "vip"' in ran.err


def test_check_refuses_a_parser_that_is_not_there(profiles: Path, tgbitget: Tgbitget) -> None:
    (profiles / "vip.toml").write_text(
        '[telegram]\nchannels = ["@vip"]\n[parsing]\nparsers = ["freefrom"]\n'
    )
    ran = tgbitget("profiles", "check", "vip")
    assert ran.code == 2
    assert "freefrom" in ran.err
    assert "freeform" in ran.err


def test_check_without_any_profile_says_where_it_looked(tgbitget: Tgbitget) -> None:
    ran = tgbitget("profiles", "check")
    assert ran.code == 2
    assert ran.err.startswith("tgbitget: there is no profile in profiles or ")


def test_check_as_json(profiles: Path, tgbitget: Tgbitget) -> None:
    row = json.loads(tgbitget("profiles", "check", "vip", "--json").out)
    assert row["warnings"] == []
    assert "It follows @vip_signals." in row["sentences"]


def test_new_writes_every_key_explained(tgbitget: Tgbitget, tmp_path: Path) -> None:
    ran = tgbitget(
        "profiles", "new", "swing", "-c", "@swing_trades", "-c", "-1005", "--mode", "demo"
    )
    assert ran.code == 0, ran.err
    file = tmp_path / "profiles" / "swing.toml"
    profile = load_profile(file, Settings(profiles=tmp_path))
    assert profile.telegram.channels == ["@swing_trades", -1005]
    assert profile.mode == "demo"
    assert keys_written(file) == all_keys()


def test_new_never_overwrites(profiles: Path, tgbitget: Tgbitget) -> None:
    before = (profiles / "vip.toml").read_text()
    ran = tgbitget("profiles", "new", "vip", "-c", "@a_b")
    assert ran.code == 2
    assert "exists already" in ran.err
    assert (profiles / "vip.toml").read_text() == before


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["x"], "which channels?", id="no channel, nobody to ask"),
        pytest.param(["x", "-c", "a b"], '--channel: expected "@name"', id="bad channel"),
        pytest.param(["x", "-c", "@a_b", "--mode", "real"], "--mode: expected", id="bad mode"),
        pytest.param(["../x", "-c", "@a_b"], "a profile's name is letters", id="a path"),
    ],
)
def test_new_refuses_what_would_not_load(
    arguments: list[str], line: str, tgbitget: Tgbitget, tmp_path: Path
) -> None:
    ran = tgbitget("profiles", "new", *arguments)
    assert ran.code == 2
    assert ran.err.startswith(f"tgbitget: {line}")
    assert not (tmp_path / "profiles").exists()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(None, '"off"', id="a limit that is off"),
        pytest.param(True, "true", id="yes"),
        pytest.param(7, "7", id="whole"),
        pytest.param(Decimal("5E+2"), '"500"', id="exact"),
        pytest.param(["@a", -5], '["@a", -5]', id="list"),
        pytest.param((Decimal(60), Decimal("40.0")), '["60", "40"]', id="a split"),
        pytest.param("a\\d", "'a\\d'", id="expression"),
        pytest.param("it's \\d", '"it\'s \\\\d"', id="expression with a quote"),
    ],
)
def test_values_are_written_as_toml(value: object, written: str) -> None:
    assert toml(value) == written


def all_keys() -> set[str]:
    names = {"mode"}
    for section, field in Profile.model_fields.items():
        keys = getattr(field.annotation, "model_fields", {})
        names |= {f"{section}.{key}" for key in keys}
    return names


def keys_written(file: Path) -> set[str]:
    """Keys with a value, in the file's own lines."""
    found, section = set(), ""
    for line in file.read_text().splitlines():
        if line.startswith("["):
            section = f"{line.strip('[]')}."
        elif " = " in line and not line.startswith(("#", " ")):
            found.add(section + line.split(" = ")[0])
    return found


def test_there_are_the_examples() -> None:
    assert {file.stem for file in EXAMPLES} == {
        "demo",
        "vip-channel",
        "cornix",
        "template",
        "pattern",
        "spot",
    }


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_loads_and_explains_every_key(file: Path) -> None:
    assert profile_faults(file) == ()
    assert keys_written(file) == all_keys()
    lines = file.read_text().splitlines()
    for number, line in enumerate(lines):
        if " = " in line and not line.startswith(("#", " ")):
            is_explained = "  # " in line or lines[number - 1].startswith("#")
            assert is_explained, f"{file.name}:{number + 1}: {line} has no comment"


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_passes_the_check(file: Path, tgbitget: Tgbitget) -> None:
    ran = tgbitget("profiles", "check", str(file))
    assert (ran.code, ran.err) == (0, "")


def test_limits_written_off_load_again(tmp_path: Path) -> None:
    off = dict.fromkeys(LimitsSection.model_fields, "off")
    profile = Profile.model_validate({"telegram": {"channels": ["@a_b"]}, "limits": off})
    file = tmp_path / "default.toml"
    file.write_text(profile_text(profile, head="All off."))
    assert load_profile(file, Settings(profiles=tmp_path)) == profile


class Typing(io.StringIO):
    """A person at a terminal."""

    def isatty(self) -> bool:
        return True


def test_words_that_are_no_channels_are_asked_for_again(tgbitget: Tgbitget, tmp_path: Path) -> None:
    typed = Typing("garbage here\n@vip_signals -1001234567890\n")
    ran = tgbitget("profiles", "new", "vip", stdin=typed)
    assert ran.code == 0, ran.err
    assert "garbage is no @name, no t.me link and no number" in ran.err
    written = (tmp_path / "profiles" / "vip.toml").read_text()
    assert 'channels = ["@vip_signals", -1001234567890]' in written


@pytest.mark.parametrize("name", ["@vip", "@" + "a" * 33])
def test_a_name_that_no_channel_has_is_doubted(
    name: str, tgbitget: Tgbitget, profiles: Path
) -> None:
    (profiles / "vip.toml").write_text(f'[telegram]\nchannels = ["{name}", "@fine"]\n')
    ran = tgbitget("profiles", "check", "vip")
    doubts = [line for line in ran.out.splitlines() if "Warning" in line]
    assert doubts == [
        f"  Warning: telegram.channels: {name} cannot be a channel's, whose names have 4 to 32 characters."
    ]
