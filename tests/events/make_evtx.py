#!/usr/bin/python3
"""Writes an event log as Windows keeps it:  make_evtx.py FILE [SPEC]

No public log is known that holds event 2004, so tests compose one. SPEC (default: sample.txt beside this file) has an
event a line: its time, its source and number, then KEY=VALUE. For number 2004 of the Resource-Exhaustion-Detector:
commit=CHARGE/LIMIT, paged=BYTES and nonpaged=BYTES (whole pools), P:TAG=BYTES and N:TAG=BYTES (largest first, three of
each), program:NAME=BYTES. `~` in a tag stands for a blank. Other events have text=WORDS, if anything.

The shape is that of real logs: one template for the fields of every event, the figures as a fragment with a template of
its own, templates and names of elements written once a chunk and referred to later, checksums.
"""
import datetime
import pathlib
import struct
import sys
import uuid
import zlib

DETECTOR = "Microsoft-Windows-Resource-Exhaustion-Detector"
SPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
DETECTOR_SPACE = "http://www.microsoft.com/Windows/Resource/Exhaustion/Detector/Events"
STRING, UINT8, UINT16, UINT32, UINT64, FILETIME, HEX64, FRAGMENT = 1, 4, 6, 8, 10, 0x11, 0x15, 0x21
CHUNK, HEADER = 65536, 512


class Place:
    """<Name>: a value that is filled in for each event."""

    def __init__(self, index, kind):
        self.index, self.kind = index, kind


class Element:
    def __init__(self, name, attributes=(), content=()):
        self.name, self.attributes, self.content = name, list(attributes), list(content)


def name_hash(text):
    value = 0
    for letter in text:
        value = (value * 65599 + ord(letter)) & 0xFFFFFFFF
    return value & 0xFFFF


class Chunk:
    """Bytes of one chunk; offsets in it count from its start."""

    def __init__(self):
        self.bytes = bytearray(HEADER)
        self.names, self.templates = {}, {}
        self.records, self.last_at = [], 0

    def name(self, out, text):
        at = len(self.bytes) + len(out) + 4
        if text in self.names:
            return out + struct.pack("<I", self.names[text])
        self.names[text] = at
        return (out + struct.pack("<IIHH", at, 0, name_hash(text), len(text)) + text.encode("utf-16-le") + b"\0\0")

    def value(self, value):
        if isinstance(value, Place):
            return struct.pack("<BHB", 0x0D, value.index, value.kind)
        return struct.pack("<BBH", 5, STRING, len(value)) + value.encode("utf-16-le")

    def element(self, out, element):
        out += struct.pack("<BHI", 0x41 if element.attributes else 0x01, 0xFFFF, 0)
        size_at = len(out) - 4
        out = self.name(out, element.name)
        if element.attributes:
            out += struct.pack("<I", 0)
            list_at = len(out) - 4
            for i, (name, value) in enumerate(element.attributes):
                out += b"\x46" if i + 1 < len(element.attributes) else b"\x06"
                out = self.name(out, name) + self.value(value)
            out[list_at:list_at + 4] = struct.pack("<I", len(out) - list_at - 4)
        if element.content:
            out += b"\x02"
            for item in element.content:
                out = self.element(out, item) if isinstance(item, Element) else out + self.value(item)
            out += b"\x04"
        else:
            out += b"\x03"
        out[size_at:size_at + 4] = struct.pack("<I", len(out) - size_at - 4)
        return out

    def fragment(self, out, key, element, values):
        """A template with its values: `values` are (kind, bytes) or (FRAGMENT, (key, element, values))."""
        out += b"\x0f\x01\x01\x00"
        identity = uuid.uuid5(uuid.NAMESPACE_URL, key).bytes_le
        known = self.templates.get(key)
        at = len(self.bytes) + len(out) + 10
        out += struct.pack("<BB4sI", 0x0C, 1, identity[:4], known or at)
        if known is None:
            self.templates[key] = at
            out += struct.pack("<I", 0) + identity + struct.pack("<I", 0)
            data_at = len(out)
            out += b"\x0f\x01\x01\x00"
            out = self.element(out, element) + b"\x00"
            out[data_at - 4:data_at] = struct.pack("<I", len(out) - data_at)
        out += struct.pack("<I", len(values))
        sizes_at = len(out)
        out += bytes(4 * len(values))
        for i, (kind, value) in enumerate(values):
            before = len(out)
            out = self.fragment(out, *value) + b"\x00" if kind == FRAGMENT else out + value
            out[sizes_at + 4 * i:sizes_at + 4 * i + 4] = struct.pack("<HBB", len(out) - before, kind, 0)
        return out

    def record(self, number, time, *root):
        """False when there is no room."""
        names, templates = dict(self.names), dict(self.templates)
        head = bytearray(struct.pack("<4sIQQ", b"**\0\0", 0, number, time))
        out = self.fragment(head, *root) + b"\x00"
        out += bytes(-len(out) % 8 + 4)
        if len(self.bytes) + len(out) + 4 > CHUNK:
            self.names, self.templates = names, templates
            return False
        size = len(out) + 4
        out[4:8] = struct.pack("<I", size)
        self.last_at = len(self.bytes)
        self.bytes += out + struct.pack("<I", size)
        self.records.append(number)
        return True

    def whole(self):
        free = len(self.bytes)
        first, last = self.records[0], self.records[-1]
        struct.pack_into("<8sQQQQIIII", self.bytes, 0, b"ElfChnk\0", first, last, first, last, 128, self.last_at, free,
                         zlib.crc32(self.bytes[HEADER:free]))
        struct.pack_into("<I", self.bytes, 124, zlib.crc32(self.bytes[:120] + self.bytes[128:HEADER]))
        return bytes(self.bytes) + bytes(CHUNK - free)


def text_value(text):
    return STRING, text.encode("utf-16-le")


def number_value(value):
    return UINT64, struct.pack("<Q", value)


def system(figures):
    """The template of an event: what is the same in all, with places for the rest."""
    fields = [
        Element("Provider", [("Name", Place(0, STRING))]), Element("EventID", [], [Place(1, UINT16)]),
        Element("Level", [], [Place(2, UINT8)]), Element("TimeCreated", [("SystemTime", Place(3, FILETIME))]),
        Element("EventRecordID", [], [Place(4, UINT64)]), Element("Channel", [], ["System"]),
        Element("Computer", [], ["composed"])]
    data = Element("UserData", [], [Place(5, FRAGMENT)]) if figures else Element(
        "EventData", [], [Element("Data", [], [Place(5, STRING)])])
    return Element("Event", [("xmlns", SPACE)], [Element("System", [], fields), data])


def exhaustion(values):
    """Template and values of the figures of event 2004. All counts are there, empty where there is nothing."""
    filled = []

    def place(value):
        filled.append(text_value(value) if isinstance(value, str) else number_value(value))
        return Place(len(filled) - 1, filled[-1][0])

    def pool(name, tags):
        tags = (tags + [("", 0)] * 3)[:3]
        return Element(name, [], [Element(f"Tag_{i}", [], [Element("Name", [], [place(tag)]), Element("PoolUsed", [], [place(used)])])
                                  for i, (tag, used) in enumerate(tags, 1)])

    charge, limit = values["commit"]
    programs = (values["programs"] + [("", 0)] * 3)[:3]
    memory = 16 << 30
    element = Element("MemoryExhaustionInfo", [("xmlns", DETECTOR_SPACE)], [
        Element("SystemInfo", [], [Element(name, [], [place(value)]) for name, value in (
            ("SystemCommitLimit", limit), ("SystemCommitCharge", charge), ("ProcessCommitCharge", charge // 2),
            ("PagedPoolUsage", values["paged"]), ("PhysicalMemorySize", memory), ("PhysicalMemoryUsage", memory - (1 << 30)),
            ("NonPagedPoolUsage", values["nonpaged"]), ("Processes", 99))]),
        pool("PagedPoolInfo", values["P"]), pool("NonPagedPoolInfo", values["N"]),
        Element("ProcessInfo", [], [Element(f"Process_{i}", [], [
            Element("Name", [], [place(name)]), Element("ID", [], [place(4 * i)]), Element("CommitCharge", [], [place(used)])])
            for i, (name, used) in enumerate(programs, 1)])])
    return "exhaustion", element, filled


def events(spec):
    for line in spec.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        time, source, number, rest = words[0], words[1], int(words[2]), words[3:]
        values = {"P": [], "N": [], "programs": [], "text": ""}
        for word in rest:
            key, value = word.split("=", 1)
            if key == "commit":
                values[key] = tuple(int(part) for part in value.split("/"))
            elif key in ("paged", "nonpaged"):
                values[key] = int(value)
            elif key == "text":
                values[key] = value.replace("~", " ")
            else:
                kind, name = key.split(":", 1)
                values["programs" if kind == "program" else kind].append((name.replace("~", " "), int(value)))
        yield datetime.datetime.fromisoformat(time.replace("Z", "+00:00")), source, number, values


def main(path, spec):
    chunks, count = [Chunk()], 0
    for when, source, number, values in events(spec):
        count += 1
        filetime = int((when - datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()) * 10_000_000
        figures = source == DETECTOR and number == 2004
        data = (FRAGMENT, exhaustion(values)) if figures else text_value(values["text"])
        root = ("figures" if figures else "text", system(figures), [
            text_value(source), (UINT16, struct.pack("<H", number)), (UINT8, b"\3"), (FILETIME, struct.pack("<Q", filetime)),
            number_value(count), data])
        if not chunks[-1].record(count, filetime, *root):
            chunks.append(Chunk())
            assert chunks[-1].record(count, filetime, *root)
    header = bytearray(4096)
    struct.pack_into("<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, len(chunks) - 1, count + 1, 128, 1, 3, 4096, len(chunks))
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
    with open(path, "wb") as file:
        file.write(bytes(header) + b"".join(chunk.whole() for chunk in chunks))


if __name__ == "__main__":
    source = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).with_name("sample.txt")
    main(sys.argv[1], source.read_text())
