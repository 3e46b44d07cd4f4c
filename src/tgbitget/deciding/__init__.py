"""What one post becomes: a decision, the trade that it opens, and what to do once both are recorded. Nothing in here waits."""
