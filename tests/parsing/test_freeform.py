"""The reader of what is written by hand, as a whole."""

from collections.abc import Iterator

import pytest

from tgbitget.model.reading import Read
from tgbitget.parsing import lexicon as words
from tgbitget.parsing.freeform import make
from tgbitget.profile import Profile, default_profile

from .posts import post


@pytest.fixture
def _fresh() -> Iterator[None]:
    for kept in (words.lexicon, words.not_crypto):
        kept.cache_clear()
    yield
    for kept in (words.lexicon, words.not_crypto):
        kept.cache_clear()


def _of(*languages: str) -> Profile:
    profile = default_profile()
    parsing = profile.parsing.model_copy(update={"language": languages})
    return profile.model_copy(update={"parsing": parsing})


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize("languages", [(), ("en",)], ids=["all languages", "one language"])
def test_the_first_post_waits_for_no_file(
    languages: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make(_of(*languages))

    def read(stem: str) -> dict[str, object]:
        raise AssertionError(f"{stem} is read only now")

    monkeypatch.setattr(words, "_toml", read)
    reading = reader.read(post("LONG BTCUSDT entry 60000 stop 58000 target 63000"))
    assert isinstance(reading, Read)
