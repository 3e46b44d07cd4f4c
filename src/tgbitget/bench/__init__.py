"""Our own speed, measured against a floor in the same run.

posts       posts as a channel writes them, made up by us (`phrases`): the same ones on every machine
hard_posts  posts made to be slow
reading     how many posts a core reads, against six plain expressions over the same posts
spread      medians with their spread, of blocks taken in turns
"""
