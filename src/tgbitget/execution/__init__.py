"""Stage 5: a plan becomes orders. Sent once, with three ends; what is unknown is asked about, never sent again blindly."""
