"""Everything that happened, in order.

journal     what is promised (port)
sqlite      the journal in a file: one thread writes, the loop reads
passing     the journal of a rehearsal, in memory
connection  opening the file, transactions, what its errors mean
schema      the tables, as numbered migrations
writes      what is written, as statements
reads       what is read back, as values
codec       values to rows and back
recent      the decisions of the last hours, in memory
lock        one process owns a HOME
reader      for those who only look: rows as plain dicts
story       one post's whole story
"""
