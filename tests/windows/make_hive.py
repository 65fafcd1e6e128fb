#!/usr/bin/python3
"""Writes a small SYSTEM hive:  make_hive.py FILE

An empty hive of two pages by hand (no package has one), filled through hivex: current control set 2, six services.
"""
import struct
import sys

import hivex

REG_SZ, REG_EXPAND_SZ, REG_DWORD = 1, 2, 4
PAGE = 4096


def cell(content):
    size = (4 + len(content) + 7) & ~7
    return struct.pack("<i", -size) + content.ljust(size - 4, b"\0")


def empty_hive():
    name = b"root"
    root_at, root_size = 0x20, (4 + 76 + len(name) + 7) & ~7
    security_at = root_at + root_size
    root = struct.pack("<2sHQIIIIIIIIIIIIIIIHH", b"nk", 0x2C, 0, 0, 0xFFFFFFFF, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0xFFFFFFFF,
                       security_at, 0xFFFFFFFF, 0, 0, 0, 0, 0, len(name), 0) + name
    descriptor = struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 0)
    security = struct.pack("<2sHIIII", b"sk", 0, security_at, security_at, 1, len(descriptor)) + descriptor
    cells = cell(root) + cell(security)
    rest = PAGE - 0x20 - len(cells)
    page = struct.pack("<4sIIIIQI", b"hbin", 0, PAGE, 0, 0, 0, 0) + cells + struct.pack("<i", rest)
    header = struct.pack("<4sIIQIIIIIII", b"regf", 1, 1, 0, 1, 3, 0, 1, root_at, PAGE, 1).ljust(508, b"\0")
    checksum = 0
    for (word,) in struct.iter_unpack("<I", header):
        checksum ^= word
    return (header + struct.pack("<I", checksum)).ljust(PAGE, b"\0") + page.ljust(PAGE, b"\0")


def main(path):
    with open(path, "wb") as file:
        file.write(empty_hive())
    hive = hivex.Hivex(path, write=True)

    def number(key, value):
        return {"key": key, "t": REG_DWORD, "value": struct.pack("<I", value)}

    def text(key, kind, value):
        return {"key": key, "t": kind, "value": (value + "\0").encode("utf-16-le")}

    root = hive.root()
    select = hive.node_add_child(root, "Select")
    hive.node_set_values(select, [number("Current", 2), number("Default", 1)])
    hive.node_add_child(root, "ControlSet001")
    services = hive.node_add_child(hive.node_add_child(root, "ControlSet002"), "Services")
    for name, kind, start, image in (
            ("netsample", 1, 3, None),
            ("fltsample", 2, 0, (REG_EXPAND_SZ, "system32\\DRIVERS\\FltSample.sys")),
            ("myfault", 1, 2, (REG_SZ, "\\??\\C:\\Users\\Helpdesk\\Desktop\\notmyfault\\myfault.sys")),
            ("Größe", 1, 1, (REG_EXPAND_SZ, "\\SystemRoot\\größe.sys")),
            ("Spooler", 0x110, 2, (REG_EXPAND_SZ, "%SystemRoot%\\System32\\spoolsv.exe")),
            ("off", 1, 4, (REG_EXPAND_SZ, "system32\\drivers\\off.sys"))):
        values = [number("Type", kind), number("Start", start)]
        if image:
            values.append(text("ImagePath", *image))
        hive.node_set_values(hive.node_add_child(services, name), values)
    hive.commit(None)


if __name__ == "__main__":
    main(sys.argv[1])
