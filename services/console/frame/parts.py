"""Parts: a form that carries a file, as browsers send it (RFC 7578).

What a file was called, and what the browser takes it for, is not read.
"""

from email.message import Message
from email.parser import BytesHeaderParser

DISPOSITION = "content-disposition"


def parts(body: bytes, kind: str, most: int) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    """The texts and the files of a body, by their names. ``kind``: its Content-Type.

    Raises `ValueError` for what is none, and for more than ``most`` parts.
    """
    about = Message()
    about["content-type"] = kind
    boundary = about.get_boundary()
    if not boundary:
        raise ValueError("no boundary")
    first, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"))
    if first or not pieces or not pieces.pop().startswith(b"--") or len(pieces) > most:
        raise ValueError("no form of parts")
    texts: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    for piece in pieces:
        head, found, content = piece.partition(b"\r\n\r\n")
        told = BytesHeaderParser().parsebytes(head.removeprefix(b"\r\n"))
        name = told.get_param("name", header=DISPOSITION)
        if not found or not isinstance(name, str):
            raise ValueError("a part without a name")
        if told.get_param("filename", header=DISPOSITION) is None:
            texts.append((name, content.decode()))
        else:
            files[name] = content
    return texts, files
