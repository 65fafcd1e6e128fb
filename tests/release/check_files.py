"""What a release would attach:  check_files.py VERSION REPOSITORY FILES SOURCE

Holds the SPDX list against the rules of SPDX 2.3 and against the files themselves, the manifests of winget, Scoop and
Chocolatey against the published .zip, and the workflow against the scripts it calls.
"""
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import xml.etree.ElementTree
import zipfile

import yaml

version, repository, files, source = sys.argv[1:]
failed = 0
# Those of the SPDX licence list that the parts have.
LICENCES = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "blessing", "Apache-2.0", "ZPL-2.1", "LGPL-2.1-only", "LGPL-2.1-or-later",
            "LGPL-3.0-or-later", "GPL-2.0-or-later", "GPL-3.0-or-later"}
EXCEPTIONS = {"GCC-exception-3.1"}


def check(what, is_true):
    global failed
    if not is_true:
        failed += 1
        print("FAILED", what)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def licence_is_valid(expression):
    if expression == "NOASSERTION":
        return True
    for part in re.split(r" (?:AND|OR) ", expression):
        name, _, exception = part.partition(" WITH ")
        if name not in LICENCES or (exception and exception not in EXCEPTIONS):
            return False
    return True


def spdx():
    with open(os.path.join(files, f"poolwho-{version}.spdx.json"), encoding="utf-8") as file:
        document = json.load(file)
    for key, wanted in (("spdxVersion", r"SPDX-2\.3"), ("dataLicense", r"CC0-1\.0"), ("SPDXID", r"SPDXRef-DOCUMENT"),
                        ("name", r".+"), ("documentNamespace", r"https://[^#\s]+")):
        check(f"SPDX: {key}", re.fullmatch(wanted, document.get(key, "")))
    made = document["creationInfo"]
    check("SPDX: created", re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["created"]))
    check("SPDX: creators", made["creators"] and all(re.match(r"(Person|Organization|Tool): .", one) for one in made["creators"]))
    packages = {package["SPDXID"]: package for package in document["packages"]}
    check("SPDX: identifiers differ", len(packages) == len(document["packages"]))
    for name, package in packages.items():
        check(f"SPDX: identifier {name}", re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", name))
        for key in ("name", "versionInfo", "downloadLocation", "licenseConcluded", "licenseDeclared", "copyrightText"):
            check(f"SPDX: {name} has {key}", isinstance(package.get(key), str) and package[key])
        check(f"SPDX: licence of {name}: {package['licenseDeclared']}", licence_is_valid(package["licenseDeclared"]))
        check(f"SPDX: {name} says that its files are not listed", package.get("filesAnalyzed") is False)
    known = set(packages) | {"SPDXRef-DOCUMENT"}
    relations = [(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"]) for r in document["relationships"]]
    check("SPDX: relations name what there is", all(a in known and b in known for a, _, b in relations))
    check("SPDX: kinds of relations", {kind for _, kind, _ in relations} == {"DESCRIBES", "STATIC_LINK", "DYNAMIC_LINK"})
    parts = {}
    for a, kind, b in relations:
        if kind == "DESCRIBES":
            name = packages[b]["name"]
            check(f"SPDX: hash of {name}", packages[b]["checksums"] == [{"algorithm": "SHA256", "checksumValue": sha256(os.path.join(files, name))}])
        else:
            parts.setdefault(packages[a]["name"], {})[packages[b]["name"]] = kind
    programs = {name for name in os.listdir(files) if name.endswith((".deb", ".zip")) or "-linux-" in name}
    check(f"SPDX: describes {sorted(programs)}", set(parts) == programs)
    return parts


def licences_agree(parts):
    """Each licence that lies beside a program belongs to a part of the list."""
    for name in os.listdir(files):
        path = os.path.join(files, name)
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                inside = archive.namelist()
        elif "-linux-" in name:
            with tarfile.open(path) as archive:
                inside = archive.getnames()
        else:
            continue
        found = {os.path.basename(one)[:-4] for one in inside if "/licences/" in one and one.endswith(".txt")}
        unknown = found - set(parts[name]) - {"poolwho", "capstone-llvm"}
        check(f"{name}: licences of {unknown}, which are no parts", not unknown)
        missing = {part for part, link in parts[name].items() if link == "STATIC_LINK"} - found - {"zycore", "gcc-runtime", "gcc-mingw-runtime", "mingw-w64"}
        check(f"{name}: no licence of {missing}", not found or not missing)


def manifests():
    archive = os.path.join(files, f"poolwho-{version}-windows-x64.zip")
    url, digest = f"{repository}/releases/download/v{version}/{os.path.basename(archive)}", sha256(archive)
    with zipfile.ZipFile(archive) as file:
        program = next(name for name in file.namelist() if name.endswith("poolwho.exe"))
        check("poolwho.exe is the one of the .zip", hashlib.sha256(file.read(program)).hexdigest() == sha256(os.path.join(files, "poolwho.exe")))
    with tarfile.open(os.path.join(files, f"poolwho-{version}-manifests.tar.gz")) as tar:
        inside = {member.name: tar.extractfile(member).read().decode() for member in tar.getmembers() if member.isfile()}
    winget = {name: yaml.safe_load(text) for name, text in inside.items() if "/winget/" in name}
    check("winget: three manifests", sorted(one["ManifestType"] for one in winget.values()) == ["defaultLocale", "installer", "version"])
    for name, manifest in winget.items():
        check(f"{name}: version", str(manifest["PackageVersion"]) == version)
        check(f"{name}: named as its package", os.path.basename(name).startswith(manifest["PackageIdentifier"] + "."))
        if manifest["ManifestType"] == "installer":
            installer = manifest["Installers"][0]
            check("winget: place and hash", (installer["InstallerUrl"], installer["InstallerSha256"].lower()) == (url, digest))
            check("winget: the program in the .zip", manifest["NestedInstallerFiles"][0]["RelativeFilePath"].replace("\\", "/") == program)
        if manifest["ManifestType"] == "defaultLocale":
            check("winget: what must be told", all(manifest.get(key) for key in ("Publisher", "PackageName", "License", "ShortDescription")))
            check("winget: short description", len(manifest["ShortDescription"]) <= 256)
    scoop = json.loads(inside["manifests/scoop/poolwho.json"])
    there = scoop["architecture"]["64bit"]
    check("scoop: version, place, hash", (scoop["version"], there["url"], there["hash"]) == (version, url, digest))
    check("scoop: the program in the .zip", "/".join(filter(None, [there.get("extract_dir"), scoop["bin"]])) == program)
    check("scoop: later versions", version not in json.dumps(scoop["autoupdate"]))
    spec = xml.etree.ElementTree.parse(io.StringIO(inside["manifests/chocolatey/poolwho.nuspec"])).getroot()
    space = {"n": spec.tag[1:].partition("}")[0]}
    check("chocolatey: version", spec.findtext("n:metadata/n:version", namespaces=space) == version)
    check("chocolatey: identity", spec.findtext("n:metadata/n:id", namespaces=space) == "poolwho")
    script = inside["manifests/chocolatey/tools/chocolateyinstall.ps1"]
    check("chocolatey: place and hash", f"'{url}'" in script and f"'{digest}'" in script and "'sha256'" in script)


def workflow():
    with open(os.path.join(source, ".github/workflows/release.yml"), encoding="utf-8") as file:
        jobs = yaml.safe_load(file)["jobs"]
    check("workflow: jobs", set(jobs) == {"debian", "msvc", "publish"} and set(jobs["publish"]["needs"]) == {"debian", "msvc"})
    called = set()
    for name, job in jobs.items():
        for step in job["steps"]:
            for script in re.findall(r"data[/\\]release[/\\]\w+\.\w+|\./bootstrap\.sh", step.get("run", "")):
                path = os.path.join(source, script.replace("\\", "/"))
                check(f"workflow: {name} calls {script}, which can be run", os.access(path, os.X_OK))
                called.add(os.path.basename(script.replace("\\", "/")))
            if "run" in step and name != "msvc":
                plain = re.sub(r"\$\{\{.*?\}\}", "value", step["run"])
                check(f"workflow: {name}: {plain}", subprocess.run(["bash", "-n", "-c", plain], check=False).returncode == 0)
    check(f"workflow: calls {called}", {"collect.sh", "assemble.sh", "notes.sh", "parts.py", "bootstrap.sh"} <= called)


licences_agree(spdx())
manifests()
workflow()
print("release files: " + ("all as they must be" if failed == 0 else f"{failed} checks failed"))
sys.exit(failed != 0)
