"""What the system says when a file cannot be reached, in words."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk reports an error; check it before you go on",
    errno.EFBIG: "it would be larger than a file may be here",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENFILE: "too many files are open on this machine",
    errno.EACCES: "that is not allowed",
    errno.EPERM: "that is not allowed",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "a folder on the way there is a file",
    errno.EEXIST: "there is a file of that name",
    errno.EISDIR: "there is a folder of that name",
    errno.ENAMETOOLONG: "its name is too long",
}


def why(error: OSError) -> str:
    """Return what *error* means, for a sentence about a file that cannot be reached.

    >>> why(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full'
    """
    return _WORDS.get(error.errno or 0, error.strerror or str(error))
