"""Our own speed, measured against a floor and plain scripts in the same run.

course      the measurements, P1 to P13, and one run of them
metric      what a measurement gives: figures, ratios, bars; spread is a median with its spread

order_path  P1, P6   a post's bytes to its order's bytes; a stop from the first moment
sight       P2       posts that are not pushed
idle        P3       an order after a silence, with 50 ms between us and the exchange (`delay` makes them)
queued      P4       an order behind ten questions
burst       P5, P13  a thousand signals in a second, and the loop meanwhile (`stalls`)
reading     P7       how many posts a core reads, against six plain expressions over the same posts
history     P8, P9   a history replayed, and what stays in memory
restart     P10      killed, and ready again
starting    P11      help and version
durability  P12      what a commit costs

Each runs in processes of its own, so that no two sides share a loop: `errand` starts them and speaks with them.

side_telegram, side_bitget   the simulators
bare_client, minimal_client  the floor; what a plain Telethon and CCXT script does
own                          tgbitget as its user runs it; watched: the same with a watch on its loop
venue_client, replay_client  parts of it alone
coins, posts, phrases        what is traded and what is posted, made up by us; hard_posts are made to be slow
"""
