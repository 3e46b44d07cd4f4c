"""Stage 2: text becomes intent. Pure.

parser      what a parser promises
registry    the parsers there are, ours and other people's
chain       a profile's parsers, tried in order
text        one spelling, with a map back to what was posted
numbers     what a written number can mean, decided once for a post
tokens      a post cut into words, numbers, names and lines (`lexemes`), words that belong together joined (`phrases`)
lexicon     the words of each language, read from `vocabulary/`
names       coins and quotes as they are written
form        what a form is made of
fields      labels and the values that belong to them: a `walk` that takes `labels` and `figures`; `numbering` tells counts from prices
subjects    which coin, and which way
levels      entries, targets and stop; `terms`: leverage, margin, spot or futures
talk        posts that hold no word that acts, left before they are cut
opening     which posts may open a trade, before a form is filled
setups      posts that open a trade: not what is only `told`
clauses     a post as clauses, and whether what one says is meant
follow_ups  posts that change a trade: `closing` and `moving` gather `orders`
judgement   levels against side, names against what is no coin: read, or unclear and why
filled      a form filled by a machine, a template or an expression
language    which languages a text is written in
lacking     why a text is no signal, for people who ask
structured  JSON posts
template    `SIGNAL | …` posts, and the user's own templates
slots       templates with named slots
pattern     the user's own expressions
freeform    everything that people write by hand
"""
