"""Stage 6: fills move stops."""
