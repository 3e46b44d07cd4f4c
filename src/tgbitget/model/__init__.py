"""Values only, frozen and exact: what the stages hand to each other.

ids       names of signals, orders and channels; client order ids are derived, never random
money     Decimal with a meaning: prices, quantities, notionals, percents
post      what a channel posted, changed or deleted, and how far we have read it
intent    what a post asks for: open, close, cancel, update
geometry  do the levels of a trade fit its side?
reading   what a parser made of a post, and its JSON
market    what can be traded, with its steps and its rounding
plan      a decision: orders to send, or the rule that refused
order     what became of a send; orders and fills as the venue tells them
position  positions, stops and the account as the venue tells them
trade     one signal's life after the decision, and what limits see of all of them
event     what happened, for JSON lines, notices and the live view
"""
