#!/usr/bin/env python3
"""A minimal Singer target: appends each stream's records to DIRECTORY/STREAM.jsonl. Config: directory."""
import argparse
import json
import os
import pathlib
import sys

arguments = argparse.ArgumentParser()
arguments.add_argument("--config", type=lambda path: json.loads(pathlib.Path(path).read_text()), default={})
directory = pathlib.Path(arguments.parse_known_args()[0].config["directory"])
files = {}

for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "RECORD":
        stream = message["stream"]
        if stream not in files:
            files[stream] = (directory / (stream.replace("/", "_") + ".jsonl")).open("a", encoding="utf-8")
        files[stream].write(json.dumps(message["record"]) + "\n")
    elif message["type"] == "STATE":
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
        print(json.dumps(message["value"]), flush=True)
