"""Stage 3: names become markets.

directory   a name becomes a market, several or none; pure
coin_names  what people, CCXT and the venue call one coin; pure
cache       the venue's markets as a file in HOME, the package's snapshot behind it
sync        ask the venue anew, say what changed
prices      the latest price of every market, with its age; minute  where it was within the last minute
"""
