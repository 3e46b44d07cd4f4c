"""The outside: trading venues behind one port.

venue        what we need of a venue (port)
bitget       Bitget behind it: two lines, one for orders and one for questions
futures      USDT futures: sends and questions
spot         spot: sends and questions
orders       request bodies; pure
parse        rows as orders, stops and fills; pure
holdings     rows as positions, the account and what a symbol is set to; pure
contracts    lists as markets, tickers as quotes; pure
listing      markets by CCXT's symbol and by the venue's id
identity     whose account it is, and how it is set
margin       margin mode and leverage of each symbol
inquiry      questions at our pace, page by page
pacing       our own limits, with a reserve for exits
public       what is told without an account
stream       private pushes as updates, dialled again for ever
feed         one connection of the stream
ccxt_line    CCXT held by the reins: one signed request at a time
only_bitget  CCXT without its other exchanges
ccxt_errors  what an answer means, by Bitget's own codes
sessions     HTTP sessions that stay warm
"""
