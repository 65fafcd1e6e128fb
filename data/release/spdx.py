#!/usr/bin/env python3
"""The list of parts of a release as SPDX 2.3:  spdx.py VERSION REPOSITORY PARTS.json... > poolwho-VERSION.spdx.json

Each PARTS.json is what parts.py wrote beside a published file. Every file and every library in its version is a package;
relations say which library is linked into which file, or loaded by it.
"""
import datetime
import json
import os
import re
import sys

LINKS = {"static": "STATIC_LINK", "dynamic": "DYNAMIC_LINK"}


def identifier(*words):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", "-".join(words))


def now():
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    when = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc) if seconds else datetime.datetime.now(datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def document(version, repository, files):
    name = f"poolwho-{version}"
    packages, relations, libraries = [], [], {}
    for file in files:
        this = identifier("File", file["file"])
        packages.append({
            "name": file["file"], "SPDXID": this, "versionInfo": version, "supplier": "Organization: poolwho maintainers",
            "downloadLocation": f"{repository}/releases/download/v{version}/{file['file']}", "filesAnalyzed": False,
            "checksums": [{"algorithm": "SHA256", "checksumValue": file["sha256"]}],
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "MIT", "copyrightText": "2026 the poolwho developers"})
        relations.append(("SPDXRef-DOCUMENT", "DESCRIBES", this))
        for part in file["parts"]:
            library = identifier("Part", part["name"], part["version"])
            libraries[library] = part
            relations.append((this, LINKS[part["link"]], library))
    for library, part in sorted(libraries.items()):
        packages.append({
            "name": part["name"], "SPDXID": library, "versionInfo": part["version"], "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": part["licence"], "copyrightText": "NOASSERTION"})
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        "documentNamespace": f"{repository}/releases/download/v{version}/{name}.spdx.json",
        "creationInfo": {"created": now(), "creators": ["Organization: poolwho maintainers", "Tool: data/release/spdx.py"]},
        "packages": packages,
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations]}


def main():
    version, repository, *lists = sys.argv[1:]
    files = []
    for path in lists:
        with open(path, encoding="utf-8") as file:
            files.append(json.load(file))
    json.dump(document(version, repository.rstrip("/"), files), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
