"""Seeds that once broke something, with what it was. A seed is the same run only while the course stays the same."""

FOUND: dict[int, str] = {}
