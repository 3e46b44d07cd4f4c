"""Our own speed, measured against a floor in the same run.

posts       posts as a channel writes them, made up by us: the same ones on every machine
reading     how many posts a core reads, against six plain expressions over the same posts
spread      medians with their spread, of blocks taken in turns
"""
