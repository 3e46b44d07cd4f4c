"""The listener as a real process that is killed again and again, and the same posts once more in peace."""
