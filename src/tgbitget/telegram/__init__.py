"""The outside: one user's session with Telegram, over Telethon as it is.

answers         one question, one attempt, a timeout, and errors of ours
channel         a channel by its id and access hash
session         the login as a string or in a file of ours, with the channels it knows
sealing         bytes that only a key opens, for that file
client          settings to a connected client; dialling and hanging up
login           by code, by second factor, by QR code; logout
channels        the account's dialogues; names of a profile to channels
export          a channel's history as Telegram Desktop would write it
desktop         one message in Telegram Desktop's form
saved_messages  notes to the owner, sent and edited
"""
