"""Stage 1: posts come in.

source       what a source promises
telegram     the source that follows channels: composition of what follows here
follower     one channel: asks for its difference, takes pushes, remembers how far it is
push         what Telegram pushes, taken where Telethon queues it
pts          what follows on, and what shows a gap
difference   Telegram's answers as items in order
history      messages by page and by id, where a difference does not reach
patience     what a failed question means for one channel
pace         how often is asked, how long is waited
line         the connection, watched and replaced
inbox        where push, poll and back-fill of one channel meet
seen         each revision once
sightings    which path was first, and by how much
convert      Telegram's messages as posts
links        where the links of a text lead
ancestry     the posts that a post answers
record       what intake needs of the journal
replay       the source that reads a file: exports and JSON lines
export_file  Telegram Desktop's export
json_stream  JSON of any size, piece by piece
json_lines   posts as JSON lines
raw_post     what a file says of one message, checked
stdin        lines from a pipe
"""
