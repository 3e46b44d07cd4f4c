"""No key of a profile is dead: each is listed, and changing it changes what happens."""

from pathlib import Path

import pytest
from pydantic import Field

from proof.at_the_exchange import SHOWN_THERE
from proof.of_profile import PROOFS
from proof.proofs import Proof, Room, is_dead, outcomes, unproven, with_value
from tgbitget.profile import LimitsSection, Profile


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(tmp_path, monkeypatch)


async def is_found_dead(path: str, proof: Proof[Profile], room: Room) -> bool:
    def make(value: object) -> Profile:
        keys = with_value(path, value, proof.beside)
        keys["telegram"] = {"channels": ["@vip"], **keys.get("telegram", {})}
        return Profile.model_validate(keys)

    return is_dead(*await outcomes(proof, make, room))


def test_every_key_is_proven_and_none_that_is_gone() -> None:
    assert unproven(Profile, {*PROOFS, *SHOWN_THERE}) == set()


@pytest.mark.parametrize("path", PROOFS)
async def test_changing_a_key_changes_what_happens(path: str, room: Room) -> None:
    assert not await is_found_dead(path, PROOFS[path], room), f"{path} changes nothing"


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        pytest.param("size.value", 50, "50.0", id="the same amount"),
        pytest.param("leverage.max", 20, 30, id="a cap that is not reached"),
        pytest.param("follow_ups.edits", "safer-only", "apply", id="a stop that is safer"),
        pytest.param("limits.risk_quote_max", 500, 600, id="a limit that is far"),
    ],
)
async def test_two_values_between_which_nothing_differs_are_found(
    path: str, one: object, other: object, room: Room
) -> None:
    dead = Proof(one, other, PROOFS[path].outcome, PROOFS[path].beside)
    assert await is_found_dead(path, dead, room)


def test_a_key_without_a_proof_and_a_proof_without_a_key_are_found() -> None:
    class WithAnother(LimitsSection):
        moon_phase_max: int = Field(3)

    class Grown(Profile):
        limits: WithAnother = WithAnother()

    proven = {*PROOFS, *SHOWN_THERE}
    assert unproven(Grown, proven) == {"limits.moon_phase_max"}
    assert unproven(Profile, {*proven, "size.gone"}) == {"size.gone"}
