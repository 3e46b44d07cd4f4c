"""What the posts of a measurement say: sentences and forms with slots, written by us after the habits of channels."""

from typing import Final

COINS: Final = (
    "BTC", "ETH", "SOL", "XRP", "ADA", "DOGE", "AVAX", "LINK", "DOT", "MATIC", "ARB", "OP", "SUI", "APT", "INJ", "SEI",
    "TIA", "NEAR", "FTM", "ATOM", "LTC", "BCH", "FIL", "ICP", "RNDR", "1000PEPE", "WIF", "JUP", "ENA", "ONDO",
)  # fmt: skip

TALK: Final = (
    "Good morning everyone ☀️",
    "Bitcoin is holding the range well, patience pays.",
    "The weekly looks constructive, I would not chase here.",
    "Volume is drying up ahead of the meeting tomorrow.",
    "{coin} keeps printing higher lows 📈",
    "Still watching {coin} around {price}, nothing to do yet.",
    "Remember: never put more into one idea than you can lose.",
    "Funding flipped negative on most majors last night.",
    "We are working on a new course about risk, more next week.",
    "What a week, team! Enjoy the weekend 🏖",
    "Only {count} places left in the private group, write to the admin.",
    "Poll: where does {coin} go from here? 1) up 2) down",
    "ETF inflows were ${count}M yesterday, the third green day in a row.",
    "The SEC delayed its decision on the {coin} fund again.",
    "Please do not share the content of this group.",
    "Altcoins bleed while dominance climbs, as we said on Monday.",
    "A break of {price} would change my mind about {coin}.",
    "Live stream tonight at 20:00, bring your questions.",
    "Be careful with fake accounts, I never write first!",
    "Macro first: yields are up {n}% this month and risk feels it.",
    "{coin} vs {other}: which one do you hold?",
    "Доброе утро! Рынок сегодня спокойный, ждём новостей.",
    "Биткоин торгуется в узком диапазоне, объёмы падают.",
    "Друзья, вечером разберём {coin} подробнее 🔥",
    "大家早上好，今天行情比较平静。",
    "{coin} 还在震荡，耐心等待。",
    "Günaydın arkadaşlar, piyasa bugün sakin.",
    "{coin} tarafında hacim zayıf, acele etmeyin.",
    "صبح بخیر دوستان، بازار امروز آرام است",
    "Buenos días, el mercado sigue lateral.",
    "Bom dia pessoal, semana importante pela frente.",
    "Guten Morgen, heute kommen die Zahlen aus den USA.",
    "Chúc cả nhà cuối tuần vui vẻ",
    "Selamat pagi, pasar masih tenang hari ini.",
)

BOASTS: Final = (
    "🔥 #{coin}/USDT all targets smashed ✅✅✅\nProfit: {percent}% with {lev}x leverage",
    "#{coin} TP{n} hit ✅ +{percent}% 🚀",
    "{coin}USDT 📈 Take-Profit target {n} ✅\nProfit: {percent}.{count}% 📈\nPeriod: {n} Hours {count} Minutes ⏰",
    "Another one! {coin} gave us {percent}% since the call 💰💰 Who took it?",
    "Results of the week:\n#{coin} +{percent}%\n#{other} +{count}%\nWin rate 86%",
    "VIP members made {percent}% on {coin} today 🤑 Join us before the next one!",
    "${coin} entry {price} → {t3} ✅ {percent}% booked, congratulations!",
    "{coin} stopped out, -{n}%. It happens, the next trade is on its way.",
    "#{coin} тейк {n} ✅ +{percent}% прибыль 🔥",
    "{coin} 止盈目标{n}到了，盈利{percent}%",
    "{coin} {percent}% kâr ✅ tebrikler",
    "Entry {n} of #{coin}/USDT filled at {price}",
)

FOLLOW_UPS: Final = (
    "Close {coin} now",
    "Move SL to entry",
    "#{coin} move stop to breakeven, TP{n} reached ✅",
    "Take 50% profit on {coin} here and let the rest run",
    "Cancel the {coin} limit order",
    "{coin}: stop loss to {price}",
    "Close half of {coin}, SL to entry",
    "Closed {coin} manually at {price}",
    "Setup is not valid anymore, cancel {coin}",
    "New targets for {coin}: {t1} - {t2} - {t3}",
    "Update {coin}: SL {stop}",
    "{coin} закрываю по рынку",
    "Стоп в безубыток по {coin}",
    "{coin} 平仓",
    "{coin} 止损移动到成本",
    "{coin} stopu girişe çekin",
    "Close all longs",
)

SETUPS: Final = (
    "#{coin}/USDT LONG\nEntry: {low} - {price}\nTargets: {t1} - {t2} - {t3}\nSL: {stop}\nLeverage: {lev}x cross",
    "📍 Coin: {coin}/USDT\n🟢 LONG\n\n➡️ Entry: {price}\n🌐 Leverage: {lev}x\n🎯 Target 1: {t1}\n🎯 Target 2: {t2}\n🎯 Target 3: {t3}\n❌ StopLoss: {stop}",
    "⚡️⚡️ #{coin}/USDT ⚡️⚡️{short}\nExchanges: Binance Futures\nSignal Type: Regular (Short)\nLeverage: Cross ({lev}.0X)\n\nEntry Targets:\n{price}\n\n"
    "Take-Profit Targets:\n1) {t1}\n2) {t2}\n3) {t3}\n4) {t4}\n\nStop Targets:\n1) {stop}",
    "{coin} short{short} now, sl {stop}, tp {t1} {t2}",
    "Buy ${coin} @ {price}\nTP1 {t1}\nTP2 {t2}\nSTOP {stop}",
    "{coin}USDT SHORT{short} {lev}x\nentry {price}\ntp1: {t1}\ntp2: {t2}\ntp3: {t3}\nsl: {stop}",
    "#{coin} лонг\nВход: {price}\nТейки: {t1} / {t2} / {t3}\nСтоп: {stop}\nПлечо: {lev}х",
    "{coin} 市价多\n止盈：{t1}-{t2}-{t3}\n止损：{stop}",
    "#{coin}USDT LONG\nGiriş: {low} - {price}\nHedef 1: {t1}\nHedef 2: {t2}\nStop: {stop}\nKaldıraç: {lev}x",
)
