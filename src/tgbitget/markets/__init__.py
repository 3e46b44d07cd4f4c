"""Stage 3: names become markets."""
