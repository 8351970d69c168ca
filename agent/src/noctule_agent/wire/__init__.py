"""Every frame and message that crosses a process boundary, as msgspec Structs.

    values.py   ids, causes, problems: the words that all others use
    limits.py   every limit of a frame, a buffer or an output, in one table
    state.py    the run state that machines say: executions, outputs, prompts, and the numbered operations on it
    asks.py     what is asked of a kernel beside its runs, and what it says
    link.py     agent <-> server: the frames, and the records of the journal
    pipes.py    agent <-> server: questions and pipes on the same link: terminals.py, files.py
    page.py     page <-> server: the frames of the one WebSocket per notebook

This package imports nothing of ours. The server, the agent and the generated TypeScript are built on it.
Frames travel as msgpack maps, tagged by the field `t`. A major version is a breaking change and is refused.
"""
