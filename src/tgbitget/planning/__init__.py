"""Stage 4: intent becomes a plan or a refusal. Pure.

planner      the order of the questions; complete orders at the end
door         may this market be opened at all
price_sense  what the market's price says about a post's prices
entries      which orders, at which prices
exits        the stop and the targets
splits       how an amount is shared
sizing       how much, in parts that the venue takes
duplicates   the same signal again
limits       each limit a small check with its numbers; scope, trade_limits, usage_limits, market_limits, time_limits, halts
safer        what an edit may change
"""
