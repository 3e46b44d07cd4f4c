"""A person watches and steers.

socket     commands to a running listener
messenger  where notices go (port)
notices    one message a signal, edited as its trade moves on
board      which messages there are, and which have something new to say
card       what such a message says so far
text       its words
"""
