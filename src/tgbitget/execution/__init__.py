"""Stage 5: a plan becomes orders."""
