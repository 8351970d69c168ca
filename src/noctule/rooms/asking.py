"""What pages ask of a notebook's kernel beside its runs. It changes nothing, commits nothing and starts no runtime.

What an output shows is asked for by its execution: the run state says whether the kernel is still the one that showed it.
"""

import msgspec

from noctule.errors import Conflict, TooLarge
from noctule.rooms.committer import Committer
from noctule.rooms.services import Services
from noctule_agent.wire.asks import AnswerBody, AskBody, CompleteAsk, InspectAsk, IsCompleteAsk, LookAsk, Shown
from noctule_agent.wire.limits import ASK_CODE_CHARS
from noctule_agent.wire.values import NotebookId


class Asking:
    def __init__(self, services: Services, notebook_id: NotebookId, committer: Committer) -> None:
        self._services = services
        self._notebook_id = notebook_id
        self._committer = committer

    async def ask(self, ask: AskBody) -> AnswerBody:
        """Raises Refused with why there is no answer."""
        if isinstance(ask, CompleteAsk | InspectAsk | IsCompleteAsk) and len(ask.code) > ASK_CODE_CHARS:
            raise TooLarge("ask-too-large", "This cell is too long to ask the kernel about.", "Split it.")
        if isinstance(ask, LookAsk) and isinstance(ask.of, Shown):
            ask = msgspec.structs.replace(ask, of=self._counted(ask.of))
        return await self._services.runtimes.ask(self._notebook_id, ask)

    def _counted(self, shown: Shown) -> Shown:
        """With the count by which the kernel knows the execution."""
        state = self._committer.position.state
        execution = state.executions.get(shown.execution_id)
        kernel = state.kernel
        if execution is None or execution.execution_count is None or kernel is None or execution.epoch != kernel.epoch:
            raise Conflict(
                "output-value-gone",
                "What this output showed is not in the kernel any more.",
                "The kernel was restarted since, or the output came with the file. Run the cell again.",
            )
        return msgspec.structs.replace(shown, execution_count=execution.execution_count)
