"""Stage 2: text becomes intent. Pure.

parser      what a parser promises
registry    the parsers there are, ours and other people's
chain       a profile's parsers, tried in order
text        one spelling, with a map back to what was posted
numbers     what a written number can mean, decided once for a post
tokens      words, numbers, names and lines of a post
lexicon     the words of each language, read from `vocabulary/`
names       coins, quotes and what is no coin
fields      labels and the values that belong to them
judgement   levels against side, names against markets we do not trade: read, or unclear and why
setups      posts that open a trade
follow_ups  posts that change one
noise       posts that only talk of one
structured  JSON posts
template    `SIGNAL | …` posts, and the user's own templates
pattern     the user's own expressions
freeform    everything that people write by hand
"""
