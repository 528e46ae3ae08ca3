"""A connector in ten lines of Python. Copy this file beside yours; the standard library is all it needs.

    from thalweg_connector import source, sink
    source(read)    read(config, position) yields (records, position) ...
    sink(write)     write(config, records) returns when they are durable

A record is {"key", "value", "headers", "timestamp", "topic", "partition"}; only value must be there.
The protocol underneath is docs/PROCESS-CONNECTORS.md. print() goes to stderr, and so to the node's log.
"""
import json
import os
import signal
import sys
import threading
import traceback

_out = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # so that a stray print() cannot break the protocol


def _say(message):
    _out.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
    _out.flush()


def _messages():
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message["type"] == "STOP":
            return
        yield message


def _begin(schema, replays):
    """Says hello; returns the START message and the messages behind it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the node's business, not ours
    _say({"type": "HELLO", "protocol": [1], "config": schema or {"type": "object"}, "replays": replays})
    messages = _messages()
    return next((m for m in messages if m["type"] == "START"), None) or sys.exit(0), messages


def log(message, level="info"):
    _say({"type": "LOG", "level": level, "message": message})


def source(read, schema=None, replays=False, on_ack=None):
    """Runs a source.

    read(config, position) is a generator: it begins behind position (None at first) and yields (records, position),
    where position, any JSON, says where to go on behind these records; None if it did not move.
    replays: read yields the same records in the same order again from a position (then delivery may be exactly-once).
    on_ack(position) is called, on a thread of its own, when everything up to that position is in the log for good.
    """
    start, messages = _begin(schema, replays)

    def listen():
        for message in messages:
            if message["type"] == "ACK" and on_ack:
                on_ack(message["position"])
        signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)  # told to stop: ends a sleep, too

    threading.Thread(target=listen, daemon=True).start()
    code = 0
    try:
        for records, position in read(start["config"], start["position"]):
            if records or position is not None:
                _say({"type": "RECORDS", "records": records, "position": position})
    except SystemExit as told:
        code = told.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    os._exit(code)  # not sys.exit: the thread still holds stdin


def sink(write, schema=None):
    """Runs a sink. write(config, records) is called with a list of records, in order, and returns when they are durable."""
    start, messages = _begin(schema, False)
    for message in messages:
        if message["type"] == "RECORDS":
            write(start["config"], message["records"])
            _say({"type": "ACK", "id": message["id"]})
