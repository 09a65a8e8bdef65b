"""Becomes another program that does not outlive its parent: ``leash.py DEATH UID PARENT argv...``.

Even ``kill -9`` of the stack leaves no process behind: the kernel (Linux) sends this process signal
``DEATH`` when its parent dies. Run as its own small program, because code between fork and exec of
a threaded parent may deadlock. Standard library only; no import of ours.

``UID`` is ``-`` or, for PostgreSQL started by root, whom to become: PostgreSQL refuses to run as
root. Then one capability is kept, to reach files below a checkout that only root may enter, so
neither an account nor anybody's permissions on the machine have to change.
"""

import ctypes
import os
import pwd
import sys

SET_DEATH_SIGNAL, KEEP_CAPABILITIES, AMBIENT, RAISE = 1, 8, 47, 2  # linux/prctl.h
DAC_OVERRIDE = 1  # linux/capability.h: bypass permission checks on files
CAPABILITY_VERSION = 0x20080522


class Header(ctypes.Structure):
    """``struct __user_cap_header_struct``."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class Sets(ctypes.Structure):
    """``struct __user_cap_data_struct``, of which the kernel takes two: low and high bits."""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _checked(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def become(libc: ctypes.CDLL, uid: int) -> None:
    """Drops root for ``uid``, keeping the right to reach files."""
    _checked(libc.prctl(KEEP_CAPABILITIES, 1, 0, 0, 0), "keep capabilities")
    group = pwd.getpwuid(uid).pw_gid
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(uid, uid, uid)
    bit = 1 << DAC_OVERRIDE
    sets = (Sets * 2)(Sets(bit, bit, bit), Sets(0, 0, 0))
    _checked(libc.capset(ctypes.byref(Header(CAPABILITY_VERSION, 0)), sets), "capset")
    _checked(libc.prctl(AMBIENT, RAISE, DAC_OVERRIDE, 0, 0), "raise capability")


def main(death: str, uid: str, parent: str, *argv: str) -> None:
    """Ties this process to its parent and replaces itself."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if uid != "-":
            become(libc, int(uid))
        # after the change of user, which would clear it
        _checked(libc.prctl(SET_DEATH_SIGNAL, int(death), 0, 0, 0), "death signal")
        if os.getppid() != int(parent):
            sys.exit("the parent has gone already")
    os.execv(argv[0], argv)  # noqa: S606 - the whole purpose


if __name__ == "__main__":
    main(*sys.argv[1:])
