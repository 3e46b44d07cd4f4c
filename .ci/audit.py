"""Known vulnerabilities of what requirements.lock pins, as https://osv.dev knows them.

`make audit`. 0: none is known; 1: some are, each with its page; 2: the lock cannot be read; 4: nobody answers.
What is asked is names and versions, nothing of this machine. Needs the standard library alone, so that what is
audited does not audit itself.
"""

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ASKED = "https://api.osv.dev/v1/querybatch"
PAGE = "https://osv.dev/vulnerability/"
SECONDS = 20.0
PAGES_MAX = 20

NONE_KNOWN, SOME_KNOWN, WRONG_USAGE, UNREACHABLE = 0, 1, 2, 4

Pin = tuple[str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("lock", type=Path, nargs="?", default=Path("requirements.lock"))
    parser.add_argument("--url", default=ASKED, help="who is asked; default: %(default)s")
    asked = parser.parse_args(arguments)
    try:
        pins = pins_of(asked.lock.read_text(encoding="utf-8"))
        known = [*vulnerabilities(pins, asked.url)]
    except (OSError, ValueError) as e:
        is_net = isinstance(e, urllib.error.URLError | TimeoutError | Unusable)
        doing = f"{asked.url} does not answer" if is_net else f"{asked.lock} cannot be read"
        sys.stderr.write(f"audit: {doing}: {getattr(e, 'reason', None) or e}\n")
        return UNREACHABLE if is_net else WRONG_USAGE
    for (name, version), id_ in known:
        sys.stdout.write(f"{name} {version}: {id_} ({PAGE}{id_})\n")
    noun = "vulnerability" if len(known) == 1 else "vulnerabilities"
    sys.stdout.write(f"{len(known)} known {noun} in the {len(pins)} packages of {asked.lock}\n")
    return SOME_KNOWN if known else NONE_KNOWN


class Unusable(ValueError):
    """An answer that is none of OSV's."""


def pins_of(lock: str) -> list[Pin]:
    """Name and version of each; ValueError when there is none."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", lock, re.MULTILINE)
    if not pins:
        raise ValueError("it pins nothing")
    return pins


def vulnerabilities(pins: Sequence[Pin], url: str) -> Iterator[tuple[Pin, str]]:
    waiting: list[tuple[Pin, str | None]] = [(pin, None) for pin in pins]
    for _ in range(PAGES_MAX):
        if not waiting:
            return
        results = _ask(url, [_query(pin, token) for pin, token in waiting])
        if len(results) != len(waiting):
            raise Unusable(f"{len(waiting)} were asked for, {len(results)} told")
        further: list[tuple[Pin, str | None]] = []
        for (pin, _), result in zip(waiting, results, strict=True):
            for found in (result or {}).get("vulns") or ():
                yield pin, str(found["id"])
            if token := (result or {}).get("next_page_token"):
                further.append((pin, str(token)))
        waiting = further


def _query(pin: Pin, token: str | None) -> dict[str, Any]:
    name, version = pin
    query: dict[str, Any] = {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
    return query if token is None else {**query, "page_token": token}


def _ask(url: str, queries: Sequence[Mapping[str, Any]]) -> list[Any]:
    request = urllib.request.Request(  # noqa: S310 -- whoever runs it names the URL
        url,
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 -- likewise
        try:
            results = json.load(answer)["results"]
        except (ValueError, KeyError, TypeError) as e:
            raise Unusable(f"no answer of OSV's: {e!r}") from None
    if not isinstance(results, list):
        raise Unusable("no list of results")
    return results


if __name__ == "__main__":
    sys.exit(main())
