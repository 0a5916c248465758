"""The viewers' process: many sessions in one event loop, told what to do by lines of JSON on standard input."""

import asyncio
import json
import os
import random
import sys
import time
from typing import Any

from tests.bench.viewer_session import Look, Seen, ViewerSession, sign_in, wall_sign_in

AT_ONCE = 8  # sessions opened at a time while filling the house
DICE = random.Random(2018)
LATE_EVERY = 0.05
"""Seconds between two looks at how late this process itself hears what the server sent."""


class House:
    """All sessions of the bench."""

    def __init__(self, urls: list[str]) -> None:
        self.urls = urls
        self.jars: dict[tuple[str, str], dict[str, str]] = {}
        self.seen: dict[str, Seen] = {}
        self.sessions: list[ViewerSession] = []

    async def sign_in(
        self, passwords: dict[str, str], wall: list[str], tokens: list[str], words: dict[str, list[str]]
    ) -> Any:
        """Each account once a server by the form, the device by a token; `words` are looked for in what is sent."""
        device, name = wall
        for url, token in zip(self.urls, tokens, strict=True):
            for account, password in passwords.items():
                self.jars[url, account] = await sign_in(url, account, password)
            self.jars[url, device] = await wall_sign_in(url, name, token)
        self.seen = {account: Seen(tuple(looked)) for account, looked in words.items()}
        return {}

    async def fill(self, looks: list[list[str]]) -> Any:
        """Open sessions until there are these; seconds until each was served."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def come(look: Look) -> float:
            url = DICE.choice(self.urls)
            session = ViewerSession(url, look, dict(self.jars[url, look.account]), self.seen[look.account])
            self.sessions.append(session)
            async with gate:
                began = time.time()
                await session.open()
                await session.served()
            return time.time() - began

        coming = [come(Look(*look)) for look in looks[len(self.sessions) :]]
        found = await asyncio.gather(*coming, return_exceptions=True)
        return {"took": _times(found), "failed": _reasons(found)}

    async def measure(self, seconds: float) -> Any:
        """Only watch; each session's redraws that began meanwhile."""
        for session in self.sessions:
            session.redraws, session.poll_times = [], []
            session.polls = session.poll_bytes = 0
        cpu, began, late = time.process_time(), time.time(), []
        while (left := began + seconds - time.time()) > 0:
            due = time.time() + min(LATE_EVERY, left)
            await asyncio.sleep(due - time.time())
            late.append(time.time() - due)
        spent = time.time() - began
        return {
            "seconds": spent,
            "cpu": (time.process_time() - cpu) / spent,
            "late": late,
            "redraws": [
                [i, s.look_at.account, s.look_at.path, r.asked, r.started, r.finished, r.bytes, r.messages]
                for i, s in enumerate(self.sessions)
                for r in s.redraws
            ],
            "polls": sum(s.polls for s in self.sessions),
            "poll_bytes": sum(s.poll_bytes for s in self.sessions),
            "poll_times": sorted(t for s in self.sessions for t in s.poll_times),
            "errors": sum(s.errors for s in self.sessions),
        }

    async def storm(self, n: int, seconds: float) -> Any:
        """For so long: n sessions lose their connection at one moment and all come back at once.

        Every other one comes back as the session it was, as browsers do; the rest as new tabs.
        """
        began = time.time()
        took: list[float] = []
        failed: list[str] = []
        rounds = 0
        while rounds == 0 or time.time() - began < seconds:
            lost = DICE.sample(self.sessions, min(n, len(self.sessions)))
            await asyncio.gather(*(s.close(rudely=True) for s in lost))

            async def back(session: ViewerSession, *, new: bool) -> float:
                if new:
                    session.forget()
                at = time.time()
                await session.open()
                await session.served()
                return time.time() - at

            found = await asyncio.gather(*(back(s, new=i % 2 == 1) for i, s in enumerate(lost)), return_exceptions=True)
            took += _times(found)
            failed += _reasons(found)
            rounds += 1
        return {"rounds": rounds, "served": took, "failed": failed, "seconds": time.time() - began}

    async def who(self) -> Any:
        """What each account's sessions were sent: words found, and the screens offered to each session."""
        return {
            "found": {account: seen.counts for account, seen in self.seen.items()},
            "messages": {account: len(seen.hashes) for account, seen in self.seen.items()},
            "titles": [[s.look_at.account, s.titles] for s in self.sessions],
        }

    async def close(self) -> Any:
        """All leave."""
        await asyncio.gather(*(s.close() for s in self.sessions))
        self.sessions = []
        return {}


def _times(found: list[float | BaseException]) -> list[float]:
    return [one for one in found if not isinstance(one, BaseException)]


def _reasons(found: list[float | BaseException]) -> list[str]:
    return [repr(one) for one in found if isinstance(one, BaseException)]


async def main() -> None:
    """One command a line: [name, {arguments}]; one answer a line."""
    house = House(sys.argv[1:])
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, arguments = json.loads(line)
        print(json.dumps(await getattr(house, name)(**arguments)), flush=True)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})  # the client's core
    asyncio.run(main())
