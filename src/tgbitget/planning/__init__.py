"""Stage 4: intent becomes a plan or a refusal. Pure."""
