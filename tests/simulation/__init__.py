"""The listener and both simulators in one process, on a clock that jumps and a scheduler that a seed shuffles."""
