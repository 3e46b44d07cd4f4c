"""Everything that happened, in order."""
