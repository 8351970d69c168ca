"""People's files: folders on the disk, rows that follow them, and what people do with both (docs/drive.md).

drive.py        what people do with items                caretaker.py  what is done without anybody asking
index.py        rows follow the disk: looks and walks    texts.py      what is in notebooks, read to be searched
plan.py         what a look means for the rows           reconcile.py  which item each entry of a folder is (pure)
transfers.py    uploads as items, and the quota          paths.py      items by their paths
notebook_files.py  the files of live notebooks           remote.py     notebooks from other places, by their addresses
flat.py         trees made of what an old Noctule had

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
