"""Stage 6: fills move stops. One task leads one trade from its first entry to flat.

keeper      starts the tasks and brings them their news
guard       the task: what reaches it, in which order it is done
entering    sends the entries, as many at once as may rest
ledger      what the trade's orders have done so far (pure)
earnings    what its fills have earned (pure)
fills       finds which fills are its own, counts and tells them
shares      whose an exit is that nobody ordered (pure)
shared      who stands on each position
by_hand     what somebody did to its orders at the exchange (pure)
handling    notices and tells that
funding     asks what holding cost, and shares it among those who held
today       what was realised since midnight UTC
wishes      what was asked and is not done yet (pure)
rules       which stop it should have (pure)
targets     which take profits should stand (pure)
orders      stops, take profits and closes as complete legs (pure)
protection  brings the stop to where it should be
level       at which price that is (pure)
stop_form   of the whole position, or of what the trade holds (pure)
attached    brings the stops that entries carry there, too
amendments  which entry took the place of which (pure)
watchdog    compares what is held with the stops that live at the venue
stops_seen  what those say of one trade (pure)
aiming      brings the take profits to what should stand
trailing    lets the venue's own order follow the best price
leaving     closes and cancels
parts       closes of a part, wanted until they are done
sender      sends exits, one after the other, each recorded first
inquiry     asks the venue how the trade stands
record      writes down, and guards on when the journal cannot
changes     what reaches the task: news, time, wishes
finder      which trade a follow-up means (pure)
follow_ups  what a channel's later words change (pure)
edits       what an edit or a deletion changes (pure)
recovery    leads on what an earlier life left open
dry         a rehearsal that sends nothing
replayed    old posts traded now, on paper
desk        what every task works with
coins       fees in coins, whole steps, dust (pure)
spot        what leads a spot trade in place of the above: spot_protection and spot_stop, spot_aiming, spot_sender,
            spot_fills, spot_watch, spot_holdings (pure)
"""
