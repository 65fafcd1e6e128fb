#!/usr/bin/env python3
"""Manifests of package managers for a published version:  manifests.py VERSION REPOSITORY ZIP TARGET

ZIP is the Windows program as it is published; its hash and the place of poolwho.exe in it are read from the file itself.
Below TARGET: winget/ (three YAML files), scoop/poolwho.json, chocolatey/ (a .nuspec and its install script).
"""
import hashlib
import json
import os
import re
import sys
import zipfile

SUMMARY = "Names the Windows driver behind a kernel pool tag"
TEXT = ("poolwho reads the code of Windows drivers, follows four-character pool tags into the kernel's allocators and ranks "
        "the drivers that allocate with them, with call sites as proof.")


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)


def program_in(archive):
    with zipfile.ZipFile(archive) as file:
        found = [name for name in file.namelist() if name.rsplit("/", 1)[-1] == "poolwho.exe"]
    if len(found) != 1:
        sys.exit(f"manifests.py: {archive} holds {len(found)} files named poolwho.exe, and one is wanted")
    return found[0]


def winget(version, repository, url, digest, program, target):
    owner = re.sub(r"[^A-Za-z0-9-]", "", repository.split("/")[-2])
    name = f"{owner}.poolwho"
    head = f"PackageIdentifier: {name}\nPackageVersion: {version}\n"
    tail = "ManifestVersion: 1.6.0\n"
    inside = program.replace("/", "\\")
    write(f"{target}/{name}.yaml", f"{head}DefaultLocale: en-US\nManifestType: version\n{tail}")
    write(f"{target}/{name}.installer.yaml",
          f"{head}InstallerType: zip\nNestedInstallerType: portable\nNestedInstallerFiles:\n"
          f"- RelativeFilePath: {inside}\n  PortableCommandAlias: poolwho\nInstallers:\n- Architecture: x64\n"
          f"  InstallerUrl: {url}\n  InstallerSha256: {digest.upper()}\nManifestType: installer\n{tail}")
    write(f"{target}/{name}.locale.en-US.yaml",
          f"{head}PackageLocale: en-US\nPublisher: {owner}\nPackageName: poolwho\nPackageUrl: {repository}\nLicense: MIT\n"
          f"LicenseUrl: {repository}/blob/v{version}/LICENSE\nShortDescription: {SUMMARY}\nDescription: {TEXT}\n"
          f"ReleaseNotesUrl: {repository}/blob/v{version}/CHANGELOG.md\nManifestType: defaultLocale\n{tail}")


def scoop(version, repository, url, digest, program, target):
    folder = program.rsplit("/", 1)[0] if "/" in program else ""
    later = {"url": url.replace(version, "$version")}
    if folder:
        later["extract_dir"] = folder.replace(version, "$version")
    manifest = {
        "version": version, "description": SUMMARY, "homepage": repository, "license": "MIT",
        "architecture": {"64bit": {"url": url, "hash": digest, **({"extract_dir": folder} if folder else {})}},
        "bin": "poolwho.exe", "checkver": {"github": repository}, "autoupdate": {"architecture": {"64bit": later}}}
    write(f"{target}/poolwho.json", json.dumps(manifest, indent=4) + "\n")


def chocolatey(version, repository, url, digest, target):
    write(f"{target}/poolwho.nuspec", f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2015/06/nuspec.xsd">
  <metadata>
    <id>poolwho</id>
    <version>{version}</version>
    <title>poolwho</title>
    <authors>poolwho maintainers</authors>
    <projectUrl>{repository}</projectUrl>
    <licenseUrl>{repository}/blob/v{version}/LICENSE</licenseUrl>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <summary>{SUMMARY}</summary>
    <description>{TEXT}</description>
    <releaseNotes>{repository}/blob/v{version}/CHANGELOG.md</releaseNotes>
    <tags>pool-tag poolmon memory-leak driver kernel admin cli portable</tags>
  </metadata>
  <files>
    <file src="tools\\**" target="tools" />
  </files>
</package>
""")
    write(f"{target}/tools/chocolateyinstall.ps1", f"""$ErrorActionPreference = 'Stop'
$arguments = @{{
  packageName    = $env:ChocolateyPackageName
  unzipLocation  = Split-Path -Parent $MyInvocation.MyCommand.Definition
  url64bit       = '{url}'
  checksum64     = '{digest}'
  checksumType64 = 'sha256'
}}
Install-ChocolateyZipPackage @arguments
""")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    version, repository, archive, target = sys.argv[1:]
    repository = repository.rstrip("/")
    with open(archive, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    url = f"{repository}/releases/download/v{version}/{os.path.basename(archive)}"
    program = program_in(archive)
    winget(version, repository, url, digest, program, f"{target}/winget")
    scoop(version, repository, url, digest, program, f"{target}/scoop")
    chocolatey(version, repository, url, digest, f"{target}/chocolatey")


if __name__ == "__main__":
    main()
