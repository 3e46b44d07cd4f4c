"""The composition root: settings and profiles become running objects.

runs           `listen` and `replay`, from start to end
listener       the parts of one process, started in order, stopped within seconds
trading        the exchange side: venue, prices, executor, keeper
dialling       at start: for ever while something is open, else until it fails
earlier_life   what an earlier life left is led on
preflight      before real money is traded: key, hold mode, clock; the key again every day
key_rights     what the API key may do that no trade needs
preparing      leverage and margin mode before a post asks for them
modes          which mode a process trades in, and the exchange that belongs to it
paper          the simulated Bitget inside the process
demo           both simulators and one evening of signals
refreshing     new, changed and delisted markets, learnt while it runs
collecting     garbage, in idle moments
tidying        the journal's log, likewise
catalogue      the markets known on this machine
mending        the journal is opened anew after its disk failed
supervision    long-lived tasks are started again when they fail
hub            events go to everybody who listens
stopping       Ctrl-C, SIGTERM, or a caller that has seen enough
every_channel  one profile for whatever channels a file holds
"""
