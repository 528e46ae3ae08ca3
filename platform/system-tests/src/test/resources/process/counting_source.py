#!/usr/bin/env python3
"""Counts up to config.count, and writes every acknowledgement it hears to a file."""
import sys
import time

sys.path.insert(0, sys.argv[1])
from thalweg_connector import source

acks = open(sys.argv[2], "a")


def acked(position):
    acks.write(f"{position}\n")
    acks.flush()


def read(config, position):
    n = position or 0
    while n < config["count"]:
        last = min(n + 50, config["count"])
        yield [{"key": str(i % 7), "value": {"n": i}} for i in range(n, last)], last
        n = last
        time.sleep(config["pauseMillis"] / 1000)
    while True:
        time.sleep(1)
        yield [], None


source(read, replays=True, on_ack=acked)
