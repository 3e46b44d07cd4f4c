"""What a key may do beside reading and trading, by the rights that Bitget names."""

import pytest

from tgbitget.app.key_rights import closed_markets, dangers, rights_beside_trading
from tgbitget.model.market import Product
from tgbitget.settings import BitgetSettings
from tgbitget.venues.identity import Who


def key(*rights: str) -> Who:
    return Who(user_id="1", permissions=rights, addresses=("198.51.100.7",))


@pytest.mark.parametrize(
    ("rights", "beside"),
    [
        pytest.param(("coor", "coow", "stow", "p2pr", "wtor"), (), id="reads and trades"),
        pytest.param(("COOR", " Coow "), (), id="reads and trades, in another case"),
        pytest.param(("wwow", "WWOW"), ("withdraw",), id="withdraw, twice"),
        pytest.param(("P2P", "p2pw"), ("peer-to-peer",), id="peer to peer"),
        pytest.param(("wwoz_new_right",), ("other:wwoz_new_right",), id="not known"),
        pytest.param(("",), ("other:",), id="an empty name"),
    ],
)
def test_what_is_not_known_to_read_or_trade_is_beside_them(
    rights: tuple[str, ...], beside: tuple[str, ...]
) -> None:
    assert rights_beside_trading(key(*rights)) == beside


def test_a_right_that_is_not_known_is_allowed_by_its_name_alone() -> None:
    (danger,) = dangers(key("wwoz"), BitgetSettings(allow_key_rights="withdraw,other:wwoy"))
    assert not danger.is_allowed
    assert "'wwoz'" in danger.what
    (danger,) = dangers(key("WWOZ"), BitgetSettings(allow_key_rights="other:wwoz"))
    assert danger.is_allowed


@pytest.mark.parametrize(
    ("rights", "closed"),
    [
        pytest.param(("coor",), [Product.SPOT, Product.USDT_FUTURES], id="reads"),
        pytest.param(("COOW",), [Product.SPOT], id="futures, in another case"),
        pytest.param(("readonly", "trade"), [], id="trades, it does not say where"),
        pytest.param((), [], id="not told"),
    ],
)
def test_a_market_is_closed_to_a_key_without_its_right(
    rights: tuple[str, ...], closed: list[Product]
) -> None:
    assert [*closed_markets(key(*rights), frozenset(Product))] == sorted(closed)
