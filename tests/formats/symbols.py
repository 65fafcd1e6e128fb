#!/usr/bin/env python3
"""Symbols, against a second reader and as a user meets them: symbols.py POOLWHO PDB_DUMP DRIVERS SOURCES

PDBs of three processors are made of two modules each; what pe/pdb.hpp reads of them must be what llvm-pdbutil prints.
Then poolwho finds them beside the driver, with --symbols, in a store, by _NT_SYMBOL_PATH, and refuses those of another
build."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

POOLWHO, DUMP, DRIVERS, SOURCES = sys.argv[1:5]
TARGETS = {"x64": "x86_64", "x86": "i686", "arm64": "aarch64"}
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


def tool(*names):
    for name in names:
        if shutil.which(name):
            return name
    sys.exit(f"none of {', '.join(names)} is installed")


CLANG, LINK, PDBUTIL = tool("clang-14", "clang"), tool("lld-link-14", "lld-link"), tool("llvm-pdbutil-14", "llvm-pdbutil")


def build(folder, machine, level="-O1"):
    """first.sys with first.pdb, of wrapper_deep.c and a second module."""
    os.makedirs(folder)
    second = os.path.join(folder, "second.c")
    with open(second, "w", encoding="ascii") as file:
        file.write('#include "kernel.h"\nstatic __attribute__((noinline)) ULONG inner(ULONG a) {\n  return a * 3 + opaque;\n}\n'
                   "KEEP ULONG outer(ULONG a) {\n  opaque = a;\n\n  return inner(a);\n}\n")
    objects = []
    for source in (os.path.join(SOURCES, "wrapper_deep.c"), second):
        objects.append(os.path.join(folder, os.path.basename(source)[:-1] + "obj"))
        subprocess.run([CLANG, f"--target={TARGETS[machine]}-pc-windows-msvc", level, "-g", "-gcodeview", "-ffreestanding",
                        "-fno-stack-protector", "-Wno-inconsistent-dllimport", "-I", SOURCES, "-c", source, "-o",
                        objects[-1]], check=True)
    image = os.path.join(folder, "first.sys")
    extra = ["/safeseh:no"] if machine == "x86" else []
    prefix = "_" if machine == "x86" else ""
    subprocess.run([LINK, "/nologo", "/driver", "/subsystem:native", "/entry:DriverEntry", "/nodefaultlib", "/debug",
                    f"/include:{prefix}outer", *extra, f"/pdb:{image[:-3]}pdb", f"/out:{image}", *objects,
                    *glob.glob(os.path.join(DRIVERS, f"import-{machine}", "*-clang.lib"))], check=True)
    return image


def ours(image, pdb):
    text = subprocess.run([DUMP, image, pdb], check=True, capture_output=True, text=True).stdout
    out = {"function": set(), "public": set(), "line": set()}
    for line in text.splitlines():
        kind, place, rest = line.split(" ", 2)
        section, offset = place.split(":")
        out[kind].add((int(section), int(offset, 16), rest))
    return out


def theirs(pdb):
    """What llvm-pdbutil prints: functions and publics in decimal, lines in hexadecimal."""
    text = subprocess.run([PDBUTIL, "dump", "-symbols", "-publics", "-l", pdb], check=True, capture_output=True,
                          text=True).stdout
    out = {"function": set(), "public": set(), "line": set()}
    name = kind = file = section = None
    for line in text.splitlines():
        if found := re.search(r"\| S_([GL]PROC32|PUB32) \[size = \d+\] `(.*)`$", line):
            kind, name = "public" if found.group(1) == "PUB32" else "function", found.group(2)
        elif (found := re.search(r"addr = (\d+):(\d+)", line)) and name:
            out[kind].add((int(found.group(1)), int(found.group(2)), name))
            name = None
        elif found := re.match(r"(\S.*) \((MD5|SHA-1|SHA-256|no checksum).*\)$", line):
            file = found.group(1)
        elif line.startswith("Mod ") or line.startswith("(unknown file"):
            file = None
        elif found := re.match(r"  (\d{4}):[0-9A-F]{8}-[0-9A-F]{8}, line/addr", line):
            section = int(found.group(1))
        elif file and section and (pairs := re.findall(r"\s+(\d+) ([0-9A-F]{8}) [! ]", line)):
            for number, offset in pairs:
                out["line"].add((section, int(offset, 16), f"{int(number)} {file}"))
    return out


def survey(*arguments, environment=None):
    run = subprocess.run([POOLWHO, "survey", *arguments, "--format", "ndjson", "-q"], capture_output=True, text=True,
                         env={**{k: v for k, v in os.environ.items() if k != "_NT_SYMBOL_PATH"}, **(environment or {})})
    return [json.loads(line) for line in run.stdout.splitlines()]


def names_in(records):
    return {name for record in records if record["type"] == "use" for name in record.get("via_names", []) if name}


def lines_in(records):
    return {(os.path.basename(source["file"]), source["line"])
            for record in records if record["type"] == "use" for source in record.get("sources", [])}


def against_second_reader(work):
    for machine in TARGETS:
        image = build(os.path.join(work, machine), machine)
        pdb = image[:-3] + "pdb"
        mine, other = ours(image, pdb), theirs(pdb)
        for kind in mine:
            check(mine[kind] and mine[kind] == other[kind],
                  f"{machine}, {kind}: {sorted(mine[kind] ^ other[kind])[:5]} of {len(mine[kind])} and {len(other[kind])}")
        check(any(name == "inner" for _, _, name in mine["function"]), f"{machine}: no static function of the second module")


def pdb_id(image):
    drivers = [record for record in survey(image) if record["type"] == "driver"]
    return drivers[0]["identity"]["pdb_id"]


def where_they_are_found(work):
    image = os.path.join(work, "x64", "first.sys")
    pdb = image[:-3] + "pdb"
    beside = survey(image)
    names, lines = names_in(beside), lines_in(beside)
    check(any(name.startswith("level1+") for name in names), f"beside the driver: {names}")
    check(lines and {file for file, _ in lines} == {"wrapper_deep.c"}, f"lines beside the driver: {lines}")
    # The lines are those of calls in the source.
    with open(os.path.join(SOURCES, "wrapper_deep.c"), encoding="utf-8") as file:
        text = file.read().splitlines()
    for _, line in lines:
        check("(" in text[line - 1] and "level" in text[line - 1] or "ExAllocate" in text[line - 1],
              f"line {line} makes no call: {text[line - 1]}")
    alone = os.path.join(work, "alone")
    os.makedirs(alone)
    driver = os.path.join(alone, "renamed.sys")
    shutil.copy(image, driver)
    check(not names_in(survey(driver)), "names without a PDB")
    flat, store, two = (os.path.join(work, name) for name in ("flat", "store", "two"))
    key = pdb_id(driver)
    for path in (os.path.join(flat, "first.pdb"), os.path.join(store, "first.pdb", key, "first.pdb"),
                 os.path.join(two, "fi", "first.pdb", key, "first.pdb")):
        os.makedirs(os.path.dirname(path))
        shutil.copy(pdb, path)
    for place in (flat, store, two):
        check(names_in(survey(driver, "--symbols", place)) == names, f"--symbols {place}")
        check(names_in(survey(driver, "--symbols", alone, "--symbols", place)) == names, f"second --symbols {place}")
    for path in (flat, f"srv*{store}*https://symbols.example/x", f"{alone};cache*{store};srv*https://symbols.example",
                 f"symsrv*symsrv.dll*{store}"):
        check(names_in(survey(driver, environment={"_NT_SYMBOL_PATH": path})) == names, f"_NT_SYMBOL_PATH={path}")
    check(not names_in(survey(driver, environment={"_NT_SYMBOL_PATH": "srv*https://symbols.example/x"})), "a server")
    # In answers for people, findings and the catalogue.
    text = subprocess.run([POOLWHO, "survey", driver, "--symbols", flat, "--explain", "-q"], capture_output=True,
                          text=True, check=True).stdout
    check(re.search(r"renamed!level\d\+0x[0-9a-f]+ .*; wrapper_deep\.c:\d+", text), f"--explain: {text}")
    sarif = subprocess.run([POOLWHO, "survey", driver, "--symbols", flat, "--check", "--format", "sarif", "-q"],
                           capture_output=True, text=True).stdout
    places = [location["physicalLocation"] for result in json.loads(sarif)["runs"][0]["results"]
              for location in result["locations"]]
    check(places and all(place["artifactLocation"]["uri"].endswith("/wrapper_deep.c") and
                         place["region"]["startLine"] > 0 for place in places), f"SARIF: {places}")
    stored = os.path.join(work, "all.db")
    subprocess.run([POOLWHO, "survey", driver, "--symbols", flat, "--store", stored, "-q"], check=True,
                   capture_output=True)
    uses = [[record for record in records if record["type"] == "use"]
            for records in (survey("--catalog", stored), survey(driver, "--symbols", flat))]
    for record in uses[0] + uses[1]:
        record["path"] = os.path.basename(record["path"])
    check(uses[0] == uses[1], "a catalogue tells other names or lines")


def what_does_not_fit(work):
    image = os.path.join(work, "x64", "first.sys")
    other = build(os.path.join(work, "other"), "x64", "-O0")
    wrong = os.path.join(work, "wrong")
    os.makedirs(wrong)
    driver = os.path.join(wrong, "first.sys")
    shutil.copy(image, driver)
    shutil.copy(other[:-3] + "pdb", os.path.join(wrong, "first.pdb"))
    records = survey(driver)
    said = [problem for record in records if record["type"] == "driver" for problem in record.get("problems", [])]
    check(not names_in(records), "names of another build")
    check(any("first.pdb" in text and "another build" in text for text in said), f"another build: {said}")
    # A place that comes later has the right one.
    check(names_in(survey(driver, "--symbols", os.path.dirname(image))), "the second PDB fits")
    # Another age is another build, whatever the GUID: the DBI stream's, which stands behind 0xFFFFFFFF and a version.
    with open(image[:-3] + "pdb", "rb") as file:
        data = bytearray(file.read())
    at = data.index(b"\xff\xff\xff\xff" + (19990903).to_bytes(4, "little")) + 8
    data[at:at + 4] = (7).to_bytes(4, "little")
    with open(os.path.join(wrong, "first.pdb"), "wb") as file:
        file.write(data)
    check(not names_in(survey(driver)), "a PDB of another age")


def main():
    with tempfile.TemporaryDirectory() as work:
        against_second_reader(work)
        where_they_are_found(work)
        what_does_not_fit(work)
    print("\n".join(problems[:30]))
    return 1 if problems else 0


sys.exit(main())
