"""Notes that people passed on: what mail and editors do to a text is undone before it is read."""

BOM = b"\xef\xbb\xbf"


def passed_on(octets: bytes) -> bytes:
    """A note as it was, where it came with other ends of lines, ``> `` before each of them, or
    blank lines around it; what lacks its end is still cut short. The signatures say whether this is
    what was signed."""
    lines = octets.removeprefix(BOM).replace(b"\r\n", b"\n").split(b"\n")
    lines = [line if line.strip() else b"" for line in lines]
    while any(lines) and all(line.startswith(b">") for line in lines if line):
        bare = (line.removeprefix(b">").removeprefix(b" ") for line in lines)
        lines = [line if line.strip() else b"" for line in bare]
    return b"\n".join(lines).strip(b"\n") + (b"" if lines[-1] else b"\n")
