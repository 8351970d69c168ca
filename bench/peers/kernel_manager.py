"""The floor of a start: bare jupyter_client, the request sent at once, no `wait_for_ready` (which polls 0.2 s and more)."""

import time

from jupyter_client.manager import AsyncKernelManager


async def start_to_first_reply() -> float:
    """Seconds from nothing to the execute_reply of `1+1`; the kernel is ended then."""
    began = time.perf_counter()
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        msg_id = client.execute("1+1")
        while True:
            reply = await client.get_shell_msg()
            if reply["parent_header"].get("msg_id") == msg_id:
                return time.perf_counter() - began
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
