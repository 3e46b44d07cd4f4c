"""Channels edit a post while its trade runs: one more line says what became of it, and nobody may enter any more."""

import tomllib
from pathlib import Path

import pytest

from parsing.posts import brief, chain, post
from tgbitget.parsing.lexicon import Meaning, lexicon

CORPUS = Path(__file__).parents[1] / "corpus"
FOOTERS = [p.words[0] for those in lexicon().heads.values() for p in those if p.meaning is Meaning.FOOTER]  # fmt: skip

STATUS = {
    "en": [
        "TP1 hit ✅", "🎯 TP2 reached", "All targets done 🔥🔥", "SL hit ❌", "Closed at breakeven", "❌ Cancelled", "Profit: +20% 🔥",
        "Result: +2.5R", "PnL: 120 USDT", "Status: completed", "We are +30% in profit now", "Exit price: 1234",
    ],
    "ru": ["Тейк 1 взят ✅", "Прибыль: +20%", "Сделка закрыта", "Выбило по стопу", "Итог: +2.5%", "Отмена"],
    "zh": ["第一止盈已到", "盈利 20%", "已平仓", "止损了", "取消"],
    "tr": ["Hedef 1 geldi ✅", "Kâr: %20", "Kapatıldı", "Stop patladı", "İptal edildi"],
    "es": ["Objetivo 1 alcanzado ✅", "Ganancia: 20%", "Operación cerrada", "Stop tocado", "Cancelada"],
    "pt": ["Alvo 1 atingido ✅", "Lucro: 20%", "Operação encerrada", "Stop atingido", "Cancelada"],
    "de": ["Ziel 1 erreicht ✅", "Gewinn: 20%", "Trade geschlossen", "Stop ausgelöst", "Storniert"],
    "vi": ["Đã đạt TP1 ✅", "Lợi nhuận: 20%", "Đã đóng lệnh", "Chạm SL", "Hủy lệnh"],
    "id": ["TP1 tercapai ✅", "Untung: 20%", "Sudah ditutup", "SL kena", "Dibatalkan"],
    "hi": ["TP1 ho gaya ✅", "Munafa: 20%", "Trade close kar diya", "SL hit hua", "Cancel kar do"],
    "sv": ["Mål 1 nått ✅", "Vinst: 20%", "Affären stängd", "Stopp träffad", "Avbruten"],
    "fa": ["تارگت اول خورد ✅", "سود: ۲۰٪", "معامله بسته شد", "استاپ خورد", "کنسل"],
    "ar": ["تحقق الهدف الأول ✅", "ربح: 20%", "تم إغلاق الصفقة", "ضرب وقف الخسارة", "إلغاء الصفقة"],
}  # fmt: skip
HEADLINES = ["Yesterday:", "Example:", "📊 Trade result", "✅ Closed trade", "+45% PROFIT 🔥", "🎯 TP2 reached", "❌ CANCELLED", "EXPIRED"]  # fmt: skip


def setups(folder: str) -> list[str]:
    """The posts of a folder of the corpus that open a trade, but those whose footer nobody reads on behind."""
    rows = [
        row
        for path in sorted((CORPUS / folder).glob("*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8")).get("post", ())
    ]
    texts = [row["text"].strip("\n") for row in rows if row["reading"].startswith("open")]
    return [text for text in texts if not any(word in text.lower() for word in FOOTERS)]


def opened(texts: list[str]) -> list[str]:
    return [text for text in texts if brief(chain().read(post(text))).startswith("open")]


@pytest.mark.parametrize(
    ("language", "status"),
    [pytest.param(code, line, id=f"{code}: {line}") for code, those in STATUS.items() for line in those],
)  # fmt: skip
def test_a_line_that_tells_what_became_of_the_trade_keeps_it_closed(
    language: str, status: str
) -> None:
    texts = setups(language)
    assert texts
    assert opened([f"{text}\n\n{status}" for text in texts]) == []


@pytest.mark.parametrize("status", STATUS["en"])
def test_so_does_an_english_line_in_every_format(status: str) -> None:
    # Machines' forms have no room for remarks: a line behind them is no JSON and no part.
    texts = [text for text in setups("formats") if text[:6] not in ("SIGNAL", '{"symb')]
    assert opened([f"{text}\n{status}" for text in texts]) == []


@pytest.mark.parametrize("headline", HEADLINES)
def test_so_does_a_headline_that_tells_of_a_trade_that_was(headline: str) -> None:
    texts = [text for text in setups("formats") if text[:6] not in ("SIGNAL", '{"symb')]
    assert opened([f"{headline}\n{text}" for text in texts]) == []


@pytest.mark.parametrize(
    "remark",
    [
        "Move SL to entry after TP1",
        "When TP1 hits, close half",
        "Potential profit: 35%",
        "If TP1 is reached before entry, cancel the order",
        "Close 50% at TP1",
        "Risk 2% per trade",
        "Not financial advice",
    ],
)
def test_a_remark_about_what_may_come_keeps_it_open(remark: str) -> None:
    text = "#SOL/USDT LONG\nEntry: 150\nTP: 160\nSL: 140"
    assert opened([f"{text}\n\n{remark}"]) == [f"{text}\n\n{remark}"]
