"""Worlds on loopback that speak the wire of Telegram and Bitget, and import nothing of ours."""
