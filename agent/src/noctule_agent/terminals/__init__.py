"""Terminals of a runtime: shells that go on when pages and servers come and go, with the screen that they left.

    modes.py     what past output left in force: modes, colours, charsets (pure)
    ring.py      the last output, with its offsets and the sizes that it was written for (pure)
    pace.py      how much all terminals may say in a second (pure)
    shell.py     a process on a pseudo-terminal
    terminal.py  one terminal: a shell, its ring, the pages that look at it
    viewer.py    one page that looks at it
    service.py   all of them

The screen of a page that comes is made by drawing the ring again: the ring begins at any place of the output, so a prelude
(modes.py) first sets what was in force there, and a full-screen program is asked to draw itself anew.
"""
