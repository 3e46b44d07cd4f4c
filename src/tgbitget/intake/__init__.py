"""Stage 1: posts come in."""
