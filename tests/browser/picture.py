"""picture.py - PNG files of a browser, packed better: for pictures of text no filter at all is best"""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def size(octets):
    """(width, height)"""
    return struct.unpack("!II", octets[16:24]) if octets.startswith(SIGNATURE) else None


def chunk(kind, body):
    return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))


def chunks(octets):
    at = len(SIGNATURE)
    while at < len(octets):
        length, kind = struct.unpack("!I4s", octets[at:at + 8])
        yield kind, octets[at + 8:at + 8 + length]
        at += 12 + length


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def unfilter(kind, row, above, step):
    """The row as it is without the filter of this kind; step: octets of a pixel."""
    row = bytearray(row)
    for i in range(len(row) if kind else 0):
        left, corner = (row[i - step], above[i - step]) if i >= step else (0, 0)
        row[i] = (row[i] + (left, above[i], (left + above[i]) >> 1, paeth(left, above[i], corner))[kind - 1]) & 255
    return bytes(row)


def pack(octets):
    """The same picture in fewer octets, if that can be."""
    parts = list(chunks(octets))
    head = next(body for kind, body in parts if kind == b"IHDR")
    width, _, depth, colours = struct.unpack("!IIBB", head[:10])
    if depth != 8 or colours not in (2, 6) or head[12] != 0:
        return octets
    step = 3 if colours == 2 else 4
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    length, above, plain = 1 + width * step, bytes(width * step), b""
    for at in range(0, len(raw), length):
        above = unfilter(raw[at], raw[at + 1:at + length], above, step)
        plain += b"\0" + above
    packed = SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(plain, 9)) + chunk(b"IEND", b"")
    return min(octets, packed, key=len)
