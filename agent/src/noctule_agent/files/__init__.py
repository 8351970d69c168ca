"""The files of a runtime: what lies beneath its content directory, and nothing else (invariant 9).

names.py      names as the wire has them, and as the disk does (pure)
beneath.py    from a path to a file, never out of the root
trouble.py    errors of the disk as problems to show
folders.py    list, count, make, move, delete
placing.py    a file is written aside, then placed as a whole
uploads.py    files that arrive in parts, over broken connections
service.py    questions and pipes; everything that touches the disk is done in threads of its own
"""
