"""The command `noctule`: one file per command, each imported when it is used. Words for people go to standard error.

main.py        the commands and their options; errors become words and exit codes
connect.py     which Noctule answers: a server elsewhere, the one of a data directory, or one in this process
parameters.py  `--param`: values and the cell that sets them (pure)
follow.py      follows a run to its end
"""
