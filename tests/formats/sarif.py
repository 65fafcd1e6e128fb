#!/usr/bin/env python3
"""SARIF as poolwho writes it, against the words of the standard (OASIS SARIF 2.1.0).

  sarif.py POOLWHO SAMPLE          the test: rules of our own, section by section
  sarif.py --schema SCHEMA LOG...  by hand, with the official schema, which is no part of this project: tests/README.md"""
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema

LEVELS = {"none", "note", "warning", "error"}  # 3.27.10
SEVERAL = re.compile(r"^[A-Za-z0-9._~!$&'()*+,;=@/:%-]*$")  # RFC 3986, as far as we write it
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


def only(node, names, where):
    check(set(node) <= set(names), f"{where}: {sorted(set(node) - set(names))} is no property there")


def check_uri(uri, where):
    check(SEVERAL.match(uri) and not re.search(r"%(?![0-9A-F]{2})", uri), f"{where}: {uri} is no URI")


def check_message(node, where):
    only(node, ("text",), where)
    check(node.get("text", "").strip() != "", f"{where}: an empty message")


def check_location(node, artifacts, where):
    only(node, ("physicalLocation", "logicalLocations"), where)
    physical = node["physicalLocation"]  # 3.29: it needs an address or the location of an artifact
    only(physical, ("artifactLocation", "region", "address"), where)
    place = physical["artifactLocation"]
    only(place, ("uri", "index"), where)
    check_uri(place["uri"], where)
    if "index" in place:  # 3.4.5: the same artifact in run.artifacts
        check(0 <= place["index"] < len(artifacts), f"{where}: an index outside of artifacts")
        check(artifacts[place["index"]]["location"]["uri"] == place["uri"], f"{where}: the index names another artifact")
    if "region" in physical:
        check(physical["region"]["startLine"] >= 1, f"{where}: lines count from 1")
    if "address" in physical:  # 3.32
        only(physical["address"], ("relativeAddress", "kind", "fullyQualifiedName"), where)
        check(physical["address"]["relativeAddress"] >= 0, f"{where}: an address below the image")


def check_result(node, rules, artifacts, where):
    only(node, ("ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "suppressions"), where)
    check(rules[node["ruleIndex"]]["id"] == node["ruleId"], f"{where}: ruleIndex names another rule")  # 3.27.6
    check(node["level"] in LEVELS, f"{where}: level {node['level']}")
    check_message(node["message"], where)
    check(node["locations"], f"{where}: no location")
    for location in node["locations"]:
        check_location(location, artifacts, where)
    for key, value in node["partialFingerprints"].items():  # 3.27.16: texts
        check(isinstance(value, str) and re.match(r"^[A-Za-z]+/v\d+$", key), f"{where}: fingerprint {key}")
        check("0x" not in value, f"{where}: an address in a fingerprint")
    for suppression in node.get("suppressions", []):  # 3.35
        only(suppression, ("kind", "justification"), where)
        check(suppression["kind"] in ("inSource", "external"), f"{where}: {suppression}")


def check_log(log):
    only(log, ("$schema", "version", "runs"), "log")
    check(log["version"] == "2.1.0", "version")  # 3.13.2
    for run in log["runs"]:
        only(run, ("tool", "invocations", "artifacts", "columnKind", "results"), "run")
        driver = run["tool"]["driver"]
        check(driver["name"] == "poolwho", "tool.driver.name")
        rules = driver["rules"]
        check(len({rule["id"] for rule in rules}) == len(rules), "two rules with one id")
        for rule in rules:
            only(rule, ("id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration"), rule["id"])
            for text in ("shortDescription", "fullDescription", "help"):
                check_message(rule[text], rule["id"])
            check(rule["defaultConfiguration"]["level"] in LEVELS, f"{rule['id']}: level")
        for invocation in run["invocations"]:  # 3.20.14
            only(invocation, ("executionSuccessful", "toolExecutionNotifications"), "invocation")
            check(invocation["executionSuccessful"] == ("toolExecutionNotifications" not in invocation), "invocation")
        for artifact in run["artifacts"]:
            check_uri(artifact["location"]["uri"], "artifact")
            for digest in artifact.get("hashes", {"sha-256": "0" * 64}).items():
                check(digest[0] == "sha-256" and re.match("^[0-9a-f]{64}$", digest[1]), f"hash {digest}")
        seen = set()
        for i, result in enumerate(run["results"]):
            check_result(result, rules, run["artifacts"], f"result {i}")
            seen.add(tuple(result["partialFingerprints"].values()) + (result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],))
        check(len(seen) == len(run["results"]), "two results with one fingerprint")


def survey(poolwho, work, *arguments):
    run = subprocess.run([poolwho, "survey", *arguments, "--check", "--format", "sarif", "-q"], cwd=work,
                         capture_output=True, text=True)
    return json.loads(run.stdout), run.returncode


def test(poolwho, sample):
    with tempfile.TemporaryDirectory() as work:
        with open(os.path.join(work, "allow.tsv"), "w", encoding="utf-8") as file:
            file.write("Dcoy\tnever_freed\tthe bus driver frees it\n")
        drivers = [os.path.join(root, name) for root, _, names in os.walk(sample) for name in names if name.endswith(".sys")]
        with open(sorted(drivers)[0], "rb") as file:
            data = bytearray(file.read())
        for name in ("a b%#ä.sys", "ia64.sys"):
            data[128] ^= 1  # the time stamp: a copy of a file is reported once
            if name == "ia64.sys":
                data[124:126] = b"\x00\x02"
            with open(os.path.join(work, name), "wb") as file:
                file.write(data)
        log, code = survey(poolwho, work, sample, "a b%#ä.sys", "ia64.sys", "--allow", "allow.tsv")
        check_log(log)
        results = log["runs"][0]["results"]
        check(code == 3 and not log["runs"][0]["invocations"][0]["executionSuccessful"], f"an untraced driver: {code}")
        check(sum("suppressions" in result for result in results) == 1, "the finding that is allowed")
        check(len(results) > 3, f"{len(results)} results")
        check(any("a%20b%25%23%C3%A4.sys" in json.dumps(result) for result in results), "the name with a blank")
        clean, code = survey(poolwho, work, os.path.join(sample, "Windows/System32/drivers/fltsample.sys"))
        check_log(clean)
        check(code == 0 and clean["runs"][0]["results"] == [], "a driver without findings")
        # What this test is good for: it must refuse what is wrong.
        before = len(problems)
        broken = json.loads(json.dumps(log))
        broken["runs"][0]["results"][0]["ruleIndex"] = 0 if results[0]["ruleIndex"] else 1
        broken["runs"][0]["results"][1]["level"] = "fatal"
        broken["runs"][0]["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b"
        check_log(broken)
        refused = len(problems) - before
        del problems[before:]
        check(refused >= 3, f"of three faults {refused} were seen")


def main():
    if sys.argv[1] == "--schema":
        with open(sys.argv[2], encoding="utf-8") as file:
            schema = json.load(file)
        validator = jsonschema.validators.validator_for(schema)(schema)
        for path in sys.argv[3:]:
            with open(path, encoding="utf-8") as file:
                log = json.load(file)
            check_log(log)
            problems.extend(f"{path}: {error.message[:200]}" for error in validator.iter_errors(log))
    else:
        test(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    print("\n".join(problems[:50]))
    return 1 if problems else 0


sys.exit(main())
