"""What the agent puts into a Python kernel to answer asks: read here as text, run there. Knows nothing of the agent.

    serve.py      the two messages on the kernel's control channel; answers, refusals, size
    lanes.py      threads that work on asks, and what becomes of one that hangs
    code.py       complete, inspect, is-complete: what ipykernel itself knows
    kinds.py      what a name that completes stands for
    variables.py  the list of variables
    look.py       a page of a table: which value, which rows, which columns
    layouts.py    the layout of a value; what Python nests
    tables.py     what is laid out in rows: pandas, polars
    arrays.py     the same of arrays and tensors
    words.py      words for a value

Runs on any Python from 3.8 on and imports only the standard library; numpy, pandas and others are used when the notebook
has imported them already. Code of the notebook's own classes is not run, save by sorting and searching their values.
"""
