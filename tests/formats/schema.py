#!/usr/bin/env python3
"""NDJSON and JSON against data/ndjson.schema.json, and the table of keys in scanner/README.md against the same.

  schema.py POOLWHO            the golden outputs of tests/cli/cases, --generate schema, the table; the test
  schema.py --renew            writes the table anew
  schema.py --records FILE...  records of runs, by hand

A key that the schema does not know is an error here, although its readers must expect new ones."""
import glob
import json
import os
import re
import subprocess
import sys

import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(ROOT, "data", "ndjson.schema.json")
README = os.path.join(ROOT, "scanner", "README.md")
BEGIN, END = "<!-- keys: tests/formats/schema.py --renew -->", "<!-- end of keys -->"


def strict(node, used=True):
    """The same schema without room for keys that it does not name. `used`: a whole value, and no part that others add to."""
    if isinstance(node, list):
        return [strict(one, used) for one in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key == "properties":
            out[key] = {name: strict(one) for name, one in value.items()}
        elif key == "$defs":
            out[key] = {name: strict(one, name.startswith("record_")) for name, one in value.items()}
        elif key == "allOf":
            out[key] = [strict(one, False) for one in value]
        elif key in ("items", "oneOf"):
            out[key] = strict(value)
        else:
            out[key] = value
    is_object = "properties" in node or "$ref" in node
    if used and is_object and "oneOf" not in node:
        out["unevaluatedProperties"] = False
    return out


class Validator:
    def __init__(self):
        with open(SCHEMA, encoding="utf-8") as file:
            self.schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.definitions = strict(self.schema)["$defs"]
        self.by_type = {}
        for name in self.definitions:
            if name.startswith("record_"):
                whole = {"$defs": self.definitions, "$ref": "#/$defs/" + name}
                self.by_type[name[len("record_"):]] = jsonschema.Draft202012Validator(whole)

    def errors(self, record):
        kind = record.get("type")
        if kind not in self.by_type:
            return [f"a record of type {kind!r}, which the schema does not know"]
        return [f"{kind}: /{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
                for e in self.by_type[kind].iter_errors(record)]


def golden_records():
    """Every record of the golden outputs with its file. What differs between runs stands there as <word>."""
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "cli", "cases", "*.txt"))):
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
        for line in text.splitlines():
            line = line.strip().rstrip(",")
            if not (line.startswith('{"type":"') and line.endswith("}")):
                continue
            line = re.sub(r'"seconds":<[a-z]+>', '"seconds":0.5', line)
            line = re.sub(r':<[a-z]+>', ':1', line)
            yield os.path.basename(path), json.loads(line)


def type_of(schema, definitions):
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "const" in schema:
        return json.dumps(schema["const"])
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "enum" in schema:
        kinds = ["`" + "`, `".join(one for one in schema["enum"] if one) + "`"] + [k for k in kinds if k == "null"]
    if kinds[0] == "array":
        kinds[0] = "array of " + type_of(schema["items"], definitions)
    return " or ".join(kinds)


def rows_of(schema, definitions, inherited=True):
    required = set(schema.get("required", []))
    for key, value in schema.get("properties", {}).items():
        if key != "type":
            yield key, type_of(value, definitions), key in required, value.get("description", "")
    if inherited:
        for base in schema.get("allOf", []):
            yield from rows_of(definitions[base["$ref"].rsplit("/", 1)[1]], definitions)


def table_of(schema):
    definitions = schema["$defs"]
    lines = []
    for name, one in definitions.items():
        record = name.startswith("record_")
        properties = one.get("items", one)  # of lists: their elements
        lines += ["", f"**{'`' + name[len('record_'):] + '`' if record else name}**: {one['description']}", "",
                  "| key | type | always | meaning |", "|---|---|---|---|"]
        for key, kind, always, meaning in rows_of(properties, definitions):
            meaning = meaning.replace("|", "\\|")
            lines.append(f"| `{key}` | {kind} | {'yes' if always else 'no'} | {meaning} |")
    return "\n".join(lines[1:]) + "\n"


def check_or_renew_table(schema, renew):
    with open(README, encoding="utf-8") as file:
        text = file.read()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    wanted = "\n" + table_of(schema)
    if text[begin:end] == wanted:
        return []
    if not renew:
        return ["the table of keys in scanner/README.md is not that of data/ndjson.schema.json: tests/formats/schema.py --renew"]
    with open(README, "w", encoding="utf-8") as file:
        file.write(text[:begin] + wanted + text[end:])
    return []


def self_test(validator, record):
    """The validator must refuse what is no record."""
    broken = []
    for change in (lambda r: r.update(unknown=1), lambda r: r.pop("path", None) or r.pop("tag", None) or r.clear(),
                   lambda r: r.update(type="nothing")):
        copy = json.loads(json.dumps(record))
        change(copy)
        if not validator.errors(copy):
            broken.append(f"the schema takes {json.dumps(copy)[:200]}")
    for use in ("uses", "candidates", "places", "listed"):
        if record.get(use):
            copy = json.loads(json.dumps(record))
            copy[use][0]["unknown"] = 1
            if not validator.errors(copy):
                broken.append(f"the schema takes an unknown key in {use}")
    return broken


def main():
    validator = Validator()
    arguments = sys.argv[1:]
    if arguments[:1] == ["--renew"]:
        return check_or_renew_table(validator.schema, True)
    if arguments[:1] == ["--records"]:
        wrong, count = [], 0
        for path in arguments[1:]:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                for number, line in enumerate(file, 1):
                    count += 1
                    wrong += [f"{path}:{number}: {e}" for e in validator.errors(json.loads(line))]
        print(count, "records")
        return wrong
    wrong, seen = [], {}
    for name, record in golden_records():
        seen.setdefault(record.get("type"), record)
        wrong += [f"{name}: {error}" for error in validator.errors(record)]
    for record in seen.values():
        wrong += self_test(validator, record)
    # `copy` and what only other machines have is not among the golden outputs by chance: all others are.
    missing = set(validator.by_type) - set(seen)
    if missing:
        wrong.append(f"no golden output has a record of type {', '.join(sorted(missing))}")
    printed = subprocess.run([arguments[0], "--generate", "schema"], check=True, capture_output=True).stdout
    with open(SCHEMA, "rb") as file:
        if file.read() != printed:
            wrong.append("--generate schema does not print data/ndjson.schema.json")
    return wrong + check_or_renew_table(validator.schema, False)


if __name__ == "__main__":
    errors = main()
    print("\n".join(errors[:50]))
    sys.exit(1 if errors else 0)
