"""A person watches and steers.

socket       commands to a running listener
steering     open trades seen and closed, by whatever way it was asked for; naming knows what they are called
pausing      no new entries, entries again
command_log  what the owner asked, recorded and told
chat         commands typed in Saved Messages: typed reads them, replies carries them out, answers takes the answer to
             "which trade?"
presence     the dead man's switch
messenger    the chat with the owner (port)
notices      one message a signal, edited as its trade moves on
board        which messages there are, and which have something new to say
card         what such a message says so far
text         its words
"""
