"""Stage 2: text becomes intent. Pure."""
