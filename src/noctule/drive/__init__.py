"""A user's files. Now one flat folder of notebooks; the disk side of what docs/drive.md plans is here, and nothing uses it yet.

folder.py       the flat folder of notebooks: what stands now
remote.py       notebooks from other places, by their addresses
reconcile.py    which item each entry of a folder is (pure)

places.py       places and names (pure)                  trouble.py    errors of the disk, as people are told (pure)
door.py         from a place to an open folder           marks.py      what a name is, and its birth mark
tree.py         all that is done to people's trees, by   walking.py    folders listed, one or all below
                                                         placing.py    a file made aside becomes the file of a place
                                                         copying.py    files and folders, as a whole or not at all
                                                         erasing.py    whatever is below, however deep
                                                         bins.py       what was deleted
uploading.py    uploads that go on where they broke off
zipping.py      a folder as an archive, made while it is sent
"""
