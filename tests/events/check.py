#!/usr/bin/python3
"""Event logs of our own writer, read by python3-evtx and by poolwho:  check.py POOLWHO

The second reader must see the same figures; logs with damage of every kind must end in an orderly way: exit code 0, 1 or
3, and never a figure that was not written.
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import Evtx.Evtx

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import make_evtx  # noqa: E402


def fail(text):
    sys.exit("events: " + text)


def by_second_reader(path):
    """(time, pool, tag) -> bytes"""
    figures = {}
    with Evtx.Evtx.Evtx(str(path)) as log:
        for record in log.records():
            xml = record.xml()
            time = re.search(r'SystemTime="([^"]*)"', xml)[1]
            for pool in ("PagedPoolInfo", "NonPagedPoolInfo"):
                part = re.search(f"<{pool}>(.*?)</{pool}>", xml, re.S)
                for tag, used in re.findall(r"<Name>([^<]+)</Name>\s*<PoolUsed>(\d+)", part[1] if part else ""):
                    figures[time, pool, tag] = int(used)
    return figures


def written(spec):
    return {(time.strftime("%Y-%m-%d %H:%M:%S"), name, tag): used
            for time, _, number, values in make_evtx.events(spec) if number == 2004
            for key, name in (("P", "PagedPoolInfo"), ("N", "NonPagedPoolInfo")) for tag, used in values[key]}


def run(poolwho, path):
    """Exit code and records."""
    done = subprocess.run([poolwho, "leaks", str(path), "--format", "ndjson"], capture_output=True, text=True, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def generated(count):
    """More events than one chunk holds."""
    lines = []
    for i in range(count):
        tags = " ".join(f"{pool}:T{k}{i % 7}x={(3 - k) * 1_000_000 + i}" for pool in "PN" for k in range(3))
        lines.append(f"2026-05-{1 + i // 24:02}T{i % 24:02}:00:00Z {make_evtx.DETECTOR} 2004 commit=9000/9001 paged=1000 "
                     f"nonpaged=5000 {tags} program:x.exe=12")
        lines.append(f"2026-05-{1 + i // 24:02}T{i % 24:02}:30:00Z Service-Control-Manager 7036 text=word~{i}")
    return "\n".join(lines)


def main(poolwho):
    work = pathlib.Path(tempfile.mkdtemp())
    log = work / "System.evtx"
    for name, spec in (("the sample", pathlib.Path(__file__).with_name("sample.txt").read_text()), ("many", generated(400))):
        make_evtx.main(log, spec)
        if by_second_reader(log) != written(spec):
            fail(f"{name}: the second reader sees other figures than were written")
        code, records, errors = run(poolwho, log)
        logs = [record for record in records if record["type"] == "logs"]
        if not logs or logs[0]["snapshots"] != len({time for time, _, _ in written(spec)}):
            fail(f"{name}: poolwho read {logs}, {errors}")
    # Damage: an event is whole, or it is left out and counted.
    spec = pathlib.Path(__file__).with_name("sample.txt").read_text()
    make_evtx.main(log, spec)
    whole, figures = log.read_bytes(), set(written(spec).values())
    chance = random.Random(2004)
    used = 4096 + 512 + 12000
    damaged = [b"", whole[:8], whole[:100], whole[:4096], whole[:5000], whole[:20000], whole[:-1], b"ElfFile\0" + bytes(5000),
               b"\x30\0\0\0LfLe" + bytes(100)]
    for _ in range(200):
        copy = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            copy[chance.randrange(used)] = chance.randrange(256)
        damaged.append(bytes(copy))
    counted = 0
    for content in damaged:
        log.write_bytes(content)
        code, records, errors = run(poolwho, log)
        if code not in (0, 1, 3):
            fail(f"exit code {code} for a damaged log: {errors}")
        if code == 3 and not any(record["type"] == "error" for record in records):
            fail("an incomplete answer without an error")
        counted += code == 3
        for record in records:
            if record["type"] == "leak" and record["bytes_last"] not in figures and len(content) < 200:
                fail(f"a figure that nobody wrote: {record}")
    print(f"{len(damaged)} damaged logs, {counted} of them refused or incomplete")


if __name__ == "__main__":
    main(sys.argv[1])
