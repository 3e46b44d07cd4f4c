"""No setting of the machine is dead: each is listed, and changing it changes what happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proof.of_settings import PROOFS, Made, made
from proof.proofs import Proof, Room, is_dead, outcomes, unproven, with_value
from tgbitget.settings import Settings
from tgbitget.simulators.telegram import TelegramSimulator


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    (tmp_path / "good.pem").write_text(TelegramSimulator().public_key_pem)
    (tmp_path / "bad.pem").write_text("nothing")
    with monkeypatch.context() as patch:
        patch.chdir(tmp_path)
        yield Room(tmp_path, patch)


async def is_found_dead(path: str, proof: Proof[Made], room: Room) -> bool:
    return is_dead(
        *await outcomes(
            proof, lambda value: made(with_value(path, value, proof.beside), room), room
        )
    )


def test_every_setting_is_proven_and_none_that_is_gone() -> None:
    assert unproven(Settings, PROOFS) == set()


@pytest.mark.parametrize("path", PROOFS)
async def test_changing_a_setting_changes_what_happens(path: str, room: Room) -> None:
    assert not await is_found_dead(path, PROOFS[path], room), f"{path} changes nothing"


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        pytest.param("limits.total_quote_max", 5000, 6000, id="a limit that is far"),
        pytest.param("live", True, True, id="the same twice"),
        pytest.param("telegram.dc_id", 2, 2, id="the same number"),
    ],
)
async def test_two_values_between_which_nothing_differs_are_found(
    path: str, one: object, other: object, room: Room
) -> None:
    dead = Proof(one, other, PROOFS[path].outcome, PROOFS[path].beside)
    assert await is_found_dead(path, dead, room)
