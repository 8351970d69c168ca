"""A file that was made aside becomes the file of a place, by one rename. Blocking; raises OSError.

What others have put there meanwhile is left alone.
"""

import errno
import os

from noctule_agent.files.folders import rename_new

from .door import sync
from .marks import Looked, look


def put(aside: int, key: bytes, folder: int, name: bytes, over: Looked | None) -> Looked | None:
    """The file `key` is now `name`, over nothing or over `over`; it is on the disk when this returns, if its content was.

    None: something else is there.
    """
    # Looked at before it can be anybody's.
    new = look(aside, key)
    if new is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    found = look(folder, name)
    if found is not None and not found.same_file(over):
        return None
    if found is not None:
        os.rename(key, name, src_dir_fd=aside, dst_dir_fd=folder)
    else:
        try:
            rename_new(aside, key, folder, name)
        except FileExistsError:
            return None
    sync(folder)
    sync(aside)
    return new
