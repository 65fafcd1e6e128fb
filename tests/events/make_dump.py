#!/usr/bin/python3
"""Writes a small memory dump of 64-bit Windows:  make_dump.py FILE CODE PARAMETER... -- IMAGE...

A real one holds the memory of somebody's machine. The stop has CODE and four PARAMETERs (hexadecimal); the IMAGEs were
loaded.
"""
import struct
import sys

LIST, ENTRY = 0x3000, 0x90


def main(path, stop, images):
    dump = bytearray(LIST)
    dump[:8] = b"PAGEDU64"
    struct.pack_into("<I", dump, 0xF98, 4)
    struct.pack_into("<I", dump, 0x38, stop[0])
    struct.pack_into("<4Q", dump, 0x40, *stop[1:])
    struct.pack_into("<2I", dump, 0x2030, LIST, len(images))
    dump += bytes(ENTRY * len(images))
    for i, image in enumerate(images):
        struct.pack_into("<I", dump, LIST + i * ENTRY, len(dump))
        dump += struct.pack("<I", len(image)) + image.encode("utf-16-le") + b"\0\0"
    with open(path, "wb") as file:
        file.write(dump)


if __name__ == "__main__":
    split = sys.argv.index("--")
    main(sys.argv[1], [int(word, 16) for word in sys.argv[2:split]], sys.argv[split + 1:])
