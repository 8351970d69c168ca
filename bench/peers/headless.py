"""Runs a notebook without a page, by `python -m bench.peers.headless bare|nbclient IN.ipynb OUT.ipynb`: a program of its
own, as imports and start are part of what is measured. papermill and `noctule run` are commands already.
"""

import sys
from pathlib import Path


def bare(source: Path, target: Path) -> None:
    """The floor: jupyter_client, one request after the other, outputs kept in memory and written once."""
    import json

    from jupyter_client.manager import KernelManager

    nb = json.loads(source.read_text())
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready()
    for cell in nb["cells"]:
        msg_id = client.execute(cell["source"])
        while True:
            message = client.get_iopub_msg()
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            content = message["content"]
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                break
            if message["msg_type"] in ("stream", "execute_result", "display_data", "error"):
                cell["outputs"].append({"output_type": message["msg_type"], **content})
        client.get_shell_msg()
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    target.write_text(json.dumps(nb, indent=1))


def with_nbclient(source: Path, target: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    nb = nbformat.read(source, 4)
    NotebookClient(nb, kernel_name="python3").execute()
    nbformat.write(nb, target)


if __name__ == "__main__":
    {"bare": bare, "nbclient": with_nbclient}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
