"""What happened in a run, in order: the tale that a broken seed tells, and the fingerprint that two runs of it share."""

from hashlib import sha256

Line = tuple[float, str]


class Story:
    """`since` is when the run began on the loop's clock; times are told from there."""

    def __init__(self, since: float) -> None:
        self._since = since
        self.lines: list[Line] = []

    def tell(self, now: float, text: str) -> None:
        self.lines.append((now - self._since, text))

    @property
    def fingerprint(self) -> str:
        told = "\n".join(f"{at:.6f} {text}" for at, text in self.lines)
        return sha256(told.encode()).hexdigest()[:16]

    def last(self, count: int) -> list[str]:
        return [f"{at:9.3f}  {text}" for at, text in self.lines[-count:]]
