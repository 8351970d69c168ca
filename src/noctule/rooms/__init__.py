"""The live notebook: the only door to a notebook's facts.

    rooms.py      opens rooms (single flight), evicts idle ones, hands the journals' records to them
    room.py       one live notebook: what pages, agents and programs may ask of it
    running.py    what people ask of its kernel          following.py  what an agent's journal says of it
    committer.py  the one writer of its rows: what was asked during a commit forms the next transaction
    page.py       one page's connection: frames in, replies out
    outbox.py     what one page is still to be sent, conflated to a pace
    projection.py the .ipynb in Drive, written from both truths
    intake.py     changes made to it outside, taken in     bases.py  what it held when it was known last
    library.py    notebooks made, uploaded, renamed, deleted      importing.py  bytes of an .ipynb to operations
    batches.py    runs as programs see them

A room is a cache: to evict it loses nothing and starts or stops nothing. Commit first, announce after.
"""
