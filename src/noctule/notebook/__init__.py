"""What people write: the notebook as a live document and as an .ipynb. Pure: no I/O, no clock, no randomness but ids given.

Reading order: nbformat_io (file <-> values), crdt (the live document), ops and diff (changes as values), project (back to a file).
"""
