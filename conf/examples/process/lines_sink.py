#!/usr/bin/env python3
"""Appends each record's value to a file, as a line."""
import json
import os
from thalweg_connector import sink


def write(config, records):
    with open(config["path"], "a", encoding="utf-8") as file:
        for record in records:
            value = record["value"]
            file.write((value if isinstance(value, str) else json.dumps(value)) + "\n")
        file.flush()
        os.fsync(file.fileno())


sink(write, schema={"type": "object", "required": ["path"], "properties": {"path": {"type": "string"}}})
