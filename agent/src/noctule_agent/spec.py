"""What a launcher tells an agent: `DIR/spec.json`. Holds no behaviour but reading it."""

from pathlib import Path

import msgspec

from .wire.values import KernelId, Millis, RuntimeId


class AgentSpec(msgspec.Struct, frozen=True):
    """`server` is `unix:///path/agent.sock` or `ws://host:port/api/v1/agent`. The agent may run until `lease_until`.

    `drain`: start no kernel; settle what an earlier agent left in the journal, deliver it, end.
    `warm`: start the kernel `kernel_id` at once, before the server asks.
    `content`: where kernels and terminals run and files are; without it, `DIR/content`.
    `reserve_group`: a group that this agent has and nothing that it starts gets, for it may use the last of the disk.
    """

    runtime_id: RuntimeId
    generation: int
    token: str
    server: str
    lease_until: Millis
    spec_name: str = "python3"
    drain: bool = False
    warm: bool = False
    kernel_id: KernelId = KernelId("")
    content: str = ""
    reserve_group: int | None = None

    @classmethod
    def load(cls, directory: Path) -> "AgentSpec":
        spec = msgspec.json.decode((directory / "spec.json").read_bytes(), type=cls)
        if spec.warm and not spec.kernel_id:
            raise msgspec.ValidationError("`warm` needs a `kernel_id`")
        return spec
