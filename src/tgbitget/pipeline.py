"""The river on one page: post, reading, market, plan, record, then act."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.deciding.deciding import decide, settled, stands_alone
from tgbitget.deciding.draft import Step
from tgbitget.deciding.ground import Book, Followed, Ground, Heir
from tgbitget.deciding.turns import Leave, Turns
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Decisions
from tgbitget.markets.directory import Directory
from tgbitget.model.event import Decided, Deleted, Publish
from tgbitget.model.ids import ChannelId
from tgbitget.model.plan import Refused
from tgbitget.model.post import Arrival, Cursor, Deletion, Post
from tgbitget.model.reading import NotASignal, Reading
from tgbitget.positions.edits import deletion_change
from tgbitget.settings import AccountLimits


class Pipeline:
    """Takes one arrival at a time of each channel; when `handle` returns, its outcome is durable.

    *followed* maps channels to how they are read; *directory* gives the markets as of now; *may_enter* says why no
    entry may be made at all; *heir* leads what an earlier life left and this journal does not know.

    What one post is allowed depends on what the posts before it were given, in whatever channel. So nothing waits between
    a decision and the order to write it; while it is written others are made, which count it, and are written behind it.
    """

    def __init__(
        self,
        *,
        followed: Mapping[ChannelId, Followed],
        directory: Callable[[], Directory],
        book: Book,
        journal: Decisions,
        clock: Clock,
        publish: Publish,
        limits: AccountLimits,
        may_enter: Callable[[], Refused | None] = lambda: None,
        heir: Heir | None = None,
    ) -> None:
        self._ground = Ground(
            followed=followed,
            directory=directory,
            book=book,
            journal=journal,
            clock=clock,
            limits=limits,
            may_enter=may_enter,
            heir=heir,
        )
        self._followed = followed
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._turns = Turns()
        self._doubtful: list[Step] = []

    async def handle(self, arrival: Arrival) -> None:
        """JournalError: nothing was done; what was written all the same is acted on with the next arrival."""
        with logger.contextualize(signal=arrival.what.signal):
            match arrival.what:
                case Post() as post:
                    await self._take_post(post, arrival)
                case Deletion() as deletion:
                    await self._take_deletion(deletion, arrival.cursor)

    @property
    def is_deciding(self) -> bool:
        """Whether a post is between its decision and its record."""
        return self._turns.are_taken

    async def idle(self) -> None:
        """Returns when no post is between its decision and its record."""
        leave = await self._turns.alone()
        leave()

    async def _take_post(self, post: Post, arrival: Arrival) -> None:
        self._settle_doubt()
        if self._has_outcome(post):
            # A replay of a file that was replayed before; sources hold back what was seen.
            logger.info("Revision {} has its outcome already", post.revision)
            await self._pass(arrival.cursor)
            return
        followed = self._followed[post.channel]
        began = self._clock.monotonic()
        reading = self._read(post, followed)
        read = self._clock.monotonic()
        is_alone = stands_alone(self._ground, post, reading)
        leave = await (self._turns.alone() if is_alone else self._turns.beside())
        try:
            self._settle_doubt()
            reading = settled(self._ground, reading, followed.profile)
            step = self._decide(post, reading, followed)
        except BaseException:
            leave()
            raise
        decided = self._clock.monotonic()
        seen = arrival.seen_monotonic or began
        timings = {"seen": began - seen, "read": read - began, "decided": decided - read}
        decision = replace(
            step.decision,
            # From here on counts what `stats` calls sent, and from here back how old the post was when it came.
            decided_at=self._clock.now(),
            timings_ms={k: v * 1000 for k, v in timings.items()},
        )
        await self._carry_out(replace(step, decision=decision), arrival.cursor, leave)

    def _read(self, post: Post, followed: Followed) -> Reading:
        section = followed.profile.telegram
        authors = {post.sender, post.sender_name, (post.sender_name or "").removeprefix("@")}
        if section.senders and not authors & {str(sender) for sender in section.senders}:
            return NotASignal(
                why=f"its author {post.sender_name or post.sender} is not among `senders`"
            )
        if section.topics and post.topic not in section.topics:
            return NotASignal(why=f"its topic {post.topic} is not among `topics`")
        return followed.parser.read(post)

    def _decide(self, post: Post, reading: Reading, followed: Followed) -> Step:
        return decide(self._ground, post, reading, followed)

    async def _carry_out(self, step: Step, cursor: Cursor | None, leave: Leave) -> None:
        """Record it, then act: also when whoever delivered the post is stopped meanwhile, for it is written all the same."""
        self._ground.underway.add(step)

        def end(is_new: bool | None) -> None:
            leave()
            self._ground.underway.remove(step)
            if is_new is None:
                self._doubtful.append(step)
            elif is_new:
                step.act()
                self._publish(Decided(decision=step.decision))

        await self._journal.decide(step.decision, cursor=cursor, trade=step.trade, end=end)

    def _settle_doubt(self) -> None:
        """A disk may fail after a commit: what it refused is acted on once the journal, opened anew, turns out to have it.

        JournalError: it is not opened anew yet.
        """
        if not self._doubtful:
            return
        if self._journal.fault is not None:
            raise JournalError(self._journal.fault)
        while self._doubtful:
            step = self._doubtful[0]
            # As it was decided here: the same post may have been offered, and decided, twice.
            is_written = step.decision in self._journal.revisions(step.decision.signal)
            del self._doubtful[0]
            if is_written:
                self._doubtful = [one for one in self._doubtful if one.decision != step.decision]
                step.act()
                self._publish(Decided(decision=step.decision))

    async def _take_deletion(self, deletion: Deletion, cursor: Cursor | None) -> None:
        change = deletion_change(deletion, self._followed[deletion.channel].profile)
        if not self._ground.stands(deletion.signal):
            does, change = "nothing: no open trade", None
        else:
            does = "nothing: deletions = ignore" if change is None else change.cause
        await self._journal.delete(deletion, change=does, cursor=cursor)
        if change is not None:
            self._ground.change(deletion.signal, (change,))
        self._publish(Deleted(deletion=deletion, change=does))

    # what went before

    async def _pass(self, cursor: Cursor | None) -> None:
        """Nothing to record but how far we have read."""
        if cursor is None:
            return
        known = self._journal.cursor(cursor.channel)
        if known is None or known.pts < cursor.pts:
            await self._journal.move_cursor(cursor)

    def _has_outcome(self, post: Post) -> bool:
        known = self._journal.latest_revision(post.channel, post.message_id)
        return known is not None and known >= post.revision
