"""The live notebook: the only door to a notebook's facts.

    rooms.py      opens rooms (single flight), evicts idle ones, hands the journals' records to them
    room.py       one live notebook: what pages, agents and programs may ask of it
    committer.py  the one writer of its rows: what was asked during a commit forms the next transaction
    page.py       one page's connection: frames in, replies out
    outbox.py     what one page is still to be sent, conflated to a pace
    projection.py the .ipynb in Drive: written from both truths; changes made outside taken in

A room is a cache: to evict it loses nothing and starts or stops nothing. Commit first, announce after.
"""
