import pytest

from parsing.posts import brief, chain, post
from tgbitget.errors import ConfigError
from tgbitget.parsing.lexicon import Meaning, languages, lexicon

BTC = "open BTC/USDT long futures zone 64500 65000, tp 66000 67000, sl 63000, 10x"

READ_AS = [
    pytest.param("ru", "#BTC/USDT ЛОНГ\nВход: 65000 - 64500\nТейки: 66000, 67000\nСтоп: 63000\nПлечо: 10x", BTC, id="Russian form"),
    pytest.param("ru", "Шорт SOL от 150, стоп 155, цели 140 и 130", "open SOL short futures limit 150, tp 140 130, sl 155", id="Russian line"),
    pytest.param("ru", "Лонг ETH по рынку\nСтоп: 2900\nТейк 1: 3100\nТейк 2: 3200", "open ETH long futures market, tp 3100 3200, sl 2900", id="Russian market"),
    pytest.param("ru", "$BTСUSDT - SHORT\nВход лимитка\n68200\n69200\nStop 70500. 0,6%деп\nTейк-профит\n1) 66500(RR1-1)\n2) 65500\n3)", "open BTC/USDT short futures ladder 68200 69200, tp 66500 65500, sl 70500", id="Russian desk, mixed letters"),
    pytest.param("ru", "Закрываем половину BTC, стоп в безубыток", "close BTC 0.5, sl breakeven", id="Russian half"),
    pytest.param("ru", "Стоп лосс переносим на 1.553", "update, sl 1.553", id="Russian stop"),
    pytest.param("ru", "Отменяем лимитку по ETH", "cancel ETH", id="Russian cancel"),
    pytest.param("zh", "#BTC/USDT\n做多\n进场: 65000-64500\n止盈: 66000/67000\n止损: 63000\n杠杆: 10x", BTC, id="Chinese form"),
    pytest.param("zh", "ETH: 3400-3370附近空\n目標 :3300-3250\n止損:3440", "open ETH short futures zone 3370 3400, tp 3300 3250, sl 3440", id="Chinese desk"),
    pytest.param("zh", "取消BTC挂单", "cancel BTC", id="Chinese cancel"),
    pytest.param("zh", "ETH 减仓50%，止损移动到成本", "close ETH 0.5, sl breakeven", id="Chinese part"),
    pytest.param("tr", "#SOL short\nGiriş 150,5\nHedefler 145 - 140\nZarar durdur 155", "open SOL short futures limit 150.5, tp 145 140, sl 155", id="Turkish form"),
    pytest.param("tr", "BTC pozisyonu kapatın", "close BTC", id="Turkish close"),
    pytest.param("tr", "BTC/USDT long\nGiriş 112 bin\nHedef 113k\nStop 111 bin", "open BTC/USDT long futures limit 112000, tp 113000, sl 111000", id="Turkish thousands"),
    pytest.param("fa", "سیگنال لانگ BTC/USDT\nورود: ۶۵۰۰۰ - ۶۴۵۰۰\nتارگت: ۶۶۰۰۰ - ۶۷۰۰۰\nحد ضرر: ۶۳۰۰۰\nاهرم: 10x", BTC, id="Persian, its own digits"),
    pytest.param("ar", "🔥 BTC/USDT شراء\nالدخول: 65000\nالأهداف: 66000 - 67000\nوقف الخسارة: 63000", "open BTC/USDT long limit 65000, tp 66000 67000, sl 63000", id="Arabic form"),
    pytest.param("es", "#BTC/USDT LARGO\nEntrada: 65000 - 64500\nObjetivos: 66000 - 67000\nStop: 63000\nApalancamiento: 10x", BTC, id="Spanish form"),
    pytest.param("es", "Cerrar la mitad de BTC", "close BTC 0.5", id="Spanish half"),
    pytest.param("pt", "#BTC/USDT SHORT\nEntrada: 65000\nAlvo 1: 64000\nAlvo 2: 63000\nStop: 66000\nAlavancagem: 10x", "open BTC/USDT short futures limit 65000, tp 64000 63000, sl 66000, 10x", id="Portuguese form"),
    pytest.param("pt", "SHORT BTC\nEntrada: 79.400 - 79.900\nSL: 83.000\nTP1: 76400\nTP2: 73.850", "open BTC short futures zone 79400 79900, tp 76400 73850, sl 83000", id="points that only fit as thousands"),
    pytest.param("de", "BTC/USDT LONG\nEinstieg: 65000\nZiel 1: 66000\nZiel 2: 67000\nStop: 64000\nHebel: 10x", "open BTC/USDT long futures limit 65000, tp 66000 67000, sl 64000, 10x", id="German form"),
    pytest.param("vi", "Mua BTC/USDT\nĐiểm vào: 65000 - 64500\nMục tiêu: 66000 - 67000\nCắt lỗ: 63000\nĐòn bẩy: 10x", BTC, id="Vietnamese form"),
    pytest.param("id", "Beli ETH/USDT area beli 3000 - 2950 target 3100, 3200 stop 2900", "open ETH/USDT long zone 2950 3000, tp 3100 3200, sl 2900", id="Indonesian line"),
    pytest.param("hi", "BTC long karo entry 65000 sl 64000 target 66000", "open BTC long futures limit 65000, tp 66000, sl 64000", id="Hinglish line"),
    pytest.param("sv", "📍Mynt: #BTC/USDT\n🟢 LÅNG\n👉 Ingång: 65000 - 64500\n🌐 Hävstång: 10x\n🎯 Mål 1: 66000\n🎯 Mål 2: 67000\n❌ StopLoss: 63000", BTC, id="Swedish form"),
]  # fmt: skip

NOISE = [
    pytest.param("Тейк взяли, +20%, поздравляю", id="Russian hit"),
    pytest.param("стоп, убыток 3.6%", id="Russian stop hit"),
    pytest.param("BTC может упасть до 60000, жду шорт", id="Russian forecast"),
    pytest.param("第一止盈位，繼續往上看看", id="Chinese hit"),
    pytest.param("以太關注2700-2730附近的壓力，不破可區間做空", id="Chinese scenario"),
    pytest.param("70800空単触发入场。", id="Chinese fill"),
]


@pytest.mark.parametrize(("language", "text", "expected"), READ_AS)
def test_is_read_as(language: str, text: str, expected: str) -> None:
    assert brief(chain().read(post(text))) == expected
    assert brief(chain(language=["en", language]).read(post(text))) == expected


@pytest.mark.parametrize("text", NOISE)
def test_is_not_a_signal(text: str) -> None:
    assert brief(chain().read(post(text))) == "none"


def test_a_language_left_out_is_not_read() -> None:
    text = "#BTC/USDT ЛОНГ\nВход: 65000\nСтоп: 63000\nТейк: 66000"
    assert brief(chain(language=["en"]).read(post(text))) == "none"


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"parsing\.language names 'xx', there are en, ar"):
        lexicon(("xx",))


def test_english_comes_first_and_every_language_says_the_basics() -> None:
    assert languages()[0] == "en"
    basics = {Meaning.ENTRY, Meaning.TARGET, Meaning.STOP, Meaning.BUY, Meaning.SELL, Meaning.CLOSE}
    for language in languages():
        words = lexicon((language,))
        said = {p.meaning for those in words.heads.values() for p in those}
        said |= {phrase.meaning for phrase in words.unspaced.values()}
        assert basics <= said, language
