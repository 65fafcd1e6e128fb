#!/usr/bin/env python3
"""What one published file is made of:  parts.py KIND FILE [--deps FOLDER] [--vcpkg FOLDER] > FILE.parts.json

KIND is static, deb, mingw or msvc, a column of parts.tsv. Runs on the machine that built FILE, because that one knows the
versions: of Debian's packages, of the sources in --deps (bootstrap.sh windows), of vcpkg's ports in --vcpkg
(vcpkg_installed/TRIPLET). A part whose version cannot be told is an error, not a gap in the list.
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def rows():
    names = None
    with open(os.path.join(HERE, "parts.tsv"), encoding="utf-8") as table:
        for line in table:
            if line.startswith("# part\t"):
                names = line[2:].rstrip("\n").split("\t")
            elif not line.startswith("#"):
                yield dict(zip(names, line.rstrip("\n").split("\t")))


def debian_version(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode().strip()


def source_version(folder, source):
    """Of the original sources that were fetched: zydis_4.0.0.orig.tar.gz."""
    for name in sorted(os.listdir(os.path.join(folder, "sources"))):
        if match := re.fullmatch(re.escape(source) + r"_(.+)\.orig\.tar\.\w+", name):
            return match.group(1)
    return ""


def vcpkg_version(folder, port):
    """vcpkg writes an SPDX file for each port."""
    path = os.path.join(folder, "share", port, "vcpkg.spdx.json")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return next((package["versionInfo"] for package in json.load(file)["packages"] if package["name"] == port), "")


def version_of(part, kind, deps, vcpkg):
    if kind == "msvc":
        if part["vcpkg"] == "-":
            return os.environ.get("VCToolsVersion", "")
        return vcpkg_version(vcpkg, part["vcpkg"])
    if kind == "mingw" and part["source"] != "-":
        return source_version(deps, part["source"])
    return debian_version(part["debian"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["static", "deb", "mingw", "msvc"])
    parser.add_argument("file")
    parser.add_argument("--deps", default="build/windows-deps")
    parser.add_argument("--vcpkg", default="vcpkg_installed/x64-windows-static")
    asked = parser.parse_args()
    parts, unknown = [], []
    for row in rows():
        link = row[asked.kind]
        if link == "-":
            continue
        version = version_of(row, asked.kind, asked.deps, asked.vcpkg)
        if not version:
            unknown.append(row["part"])
        parts.append({"name": row["part"], "version": version, "licence": row["licence"], "link": link})
    if unknown:
        sys.exit(f"parts.py: no version of {', '.join(unknown)} is known here, so the list of parts of {asked.file} would have gaps")
    with open(asked.file, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    json.dump({"file": os.path.basename(asked.file), "kind": asked.kind, "sha256": digest, "parts": parts}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
