"""What a run ends with when something happened that must never happen."""


class Broken(AssertionError):
    """Its text names it."""
