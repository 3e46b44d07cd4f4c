"""The outside: the Telegram account."""
