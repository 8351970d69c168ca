"""What was heard of a kernel is all that it said up to some moment, in order, and nothing else.

The moment is the last, save where an agent died before it had journaled or delivered the rest. It is never before the
answer of an execution that is known to have ended: its end is journaled after all that its kernel said until then.
(`Machines.sure_words`.)
"""

from collections.abc import Mapping, Sequence

import msgspec

from noctule_agent.wire import link
from noctule_agent.wire.values import BatchId, ExecutionId, Millis
from tests.sim.transcript import Item, Told, Transcript

Words = Sequence[tuple[int, link.KernelMessage]]
"""(kernel epoch, message), in the order said."""


class Differing(msgspec.Struct, frozen=True):
    """An execution of which something else was heard, at the moment that agrees in most."""

    execution_id: str
    said: list[Item]
    heard: list[Item]


class Replay:
    """Says a kernel's words again, one by one, beside what was heard of them."""

    def __init__(self, words: Words, told: Mapping[str, Told]) -> None:
        ids = sorted({message.parent_id for _, message in words if message.parent_id})
        self._words = words
        self._heard = {id_: told[id_].unmarked() if id_ in told else [] for id_ in ids}
        self._said = Transcript()
        self._said.read([link.BatchAccepted(BatchId("all"), Millis(0), [ExecutionId(id_) for id_ in ids])])
        self._epoch = 0

    def differing(self, at_least: int) -> Differing | None:
        """None if there is a moment, with that many words said or more, at which just this was heard."""
        differ = {id_ for id_ in self._heard if self._differs(id_)}
        fewest: tuple[int, Differing] | None = None
        for number in range(len(self._words) + 1):
            if number:
                touched = self._say(*self._words[number - 1]) & self._heard.keys()
                differ = (differ - touched) | {id_ for id_ in touched if self._differs(id_)}
            if number < at_least:
                continue
            if not differ:
                return None
            if fewest is None or len(differ) < fewest[0]:
                fewest = (len(differ), self._difference(min(differ)))
        assert fewest is not None, "more words are wanted than were said"
        return fewest[1]

    def ends_alike(self) -> bool:
        """Whether all that was said was heard."""
        for epoch, message in self._words:
            self._say(epoch, message)
        return not any(self._differs(id_) for id_ in self._heard)

    def _say(self, epoch: int, message: link.KernelMessage) -> set[str]:
        if epoch != self._epoch:
            self._epoch = epoch
            self._said.read([link.KernelStarting(epoch, Millis(0), "python3")])
        return self._said.read([link.Said(epoch, Millis(0), [message])])

    def _differs(self, id_: str) -> bool:
        return self._said.executions[id_].items() != self._heard[id_]

    def _difference(self, id_: str) -> Differing:
        return Differing(id_, self._said.executions[id_].items(), self._heard[id_])


def differing(words: Words, told: Mapping[str, Told], at_least: int) -> Differing | None:
    """See the module. Nearly always all was heard, which is quickly seen."""
    if Replay(words, told).ends_alike():
        return None
    return Replay(words, told).differing(at_least)
