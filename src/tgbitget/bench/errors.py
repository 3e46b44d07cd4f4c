"""What a measurement may fail with."""


class BenchFailed(Exception):
    """Something that was to be measured did not happen; one sentence."""
