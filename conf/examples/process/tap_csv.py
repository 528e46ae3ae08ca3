#!/usr/bin/env python3
"""A minimal Singer tap: the rows of a CSV file, by the state's row number. Config: path, key (optional)."""
import argparse
import csv
import json
import pathlib
import sys

arguments = argparse.ArgumentParser()
for option in ("--config", "--state", "--catalog"):
    arguments.add_argument(option, type=lambda path: json.loads(pathlib.Path(path).read_text()), default={})
given, _ = arguments.parse_known_args()

path = pathlib.Path(given.config["path"])
done = given.state.get("row", 0)


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")


with path.open(newline="", encoding="utf-8") as file:
    rows = csv.DictReader(file)
    say(type="SCHEMA", stream=path.stem, key_properties=[given.config["key"]] if "key" in given.config else [],
        schema={"type": "object", "properties": {name: {"type": ["string", "null"]} for name in rows.fieldnames}})
    for number, row in enumerate(rows, 1):
        if number > done:
            say(type="RECORD", stream=path.stem, record=row)
            if number % 1000 == 0:
                say(type="STATE", value={"row": number})
            done = number
    say(type="STATE", value={"row": done})
