#!/usr/bin/env python3
"""Publishes the lines of a file, and those that are appended to it later."""
import time
from thalweg_connector import source


def read(config, position):
    with open(config["path"], "rb") as file:
        file.seek(position["byte"] if position else 0)
        while True:
            lines = file.readlines(config.get("batchBytes", 65536))
            whole = [line for line in lines if line.endswith(b"\n")]
            file.seek(sum(map(len, whole)) - sum(map(len, lines)), 1)  # a line that is still being written
            yield [{"value": line[:-1].decode()} for line in whole], {"byte": file.tell()} if whole else None
            if not whole:
                time.sleep(0.2)


source(read, replays=True, schema={
    "type": "object",
    "required": ["path"],
    "properties": {"path": {"type": "string", "description": "The file to read."},
                   "batchBytes": {"type": "integer", "minimum": 1, "default": 65536}}})
