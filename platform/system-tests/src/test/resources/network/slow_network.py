"""A slow network, for kernels without sch_netem: carries packets between network namespaces and treats each direction as told.

Usage: slow_network.py PREFIX ID[,ID...] CONTROL
Makes a TUN device eth0 with the address 10.77.0.ID in each namespace PREFIX-ID, which must exist, and prints "ready". CONTROL is a
FIFO that it makes, with a command on each line:

  set FROM TO DELAY_MS JITTER_MS LOSS_PERCENT DUPLICATE_PERCENT KBIT   one direction; KBIT 0 for no bound
  heal                                                                 all directions as they were at first

Needs root. Ends when it is killed; its devices go with it.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
QUEUE_SECONDS_MAX = 0.4  # what waits longer for its turn on a narrow way is dropped, as by a switch
PACKETS_A_TURN = 64

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def open_device(prefix, place):
    """A file of packets from and to the namespace."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{prefix}-{place}", os.O_RDONLY)
    enter(there)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"eth0", IFF_TUN_NO_PI))
    enter(home)
    os.close(home)
    os.close(there)
    for what in (f"addr add 10.77.0.{place}/24 dev eth0", "link set eth0 mtu 1500 up", "link set lo up"):
        subprocess.check_call(["ip", "-n", f"{prefix}-{place}"] + what.split())
    return device


class Way:
    """One direction between two places."""

    def __init__(self, delay, jitter, loss, duplicate, kbit):
        self.delay, self.jitter, self.loss, self.duplicate, self.kbit = delay, jitter, loss, duplicate, kbit
        self.free = 0.0

    def times(self, now, length):
        """When copies of a packet that is sent now arrive; none if it is lost."""
        if random.random() * 100 < self.loss:
            return
        if self.kbit:
            self.free = max(now, self.free) + length * 8 / (self.kbit * 1000)
            if self.free - now > QUEUE_SECONDS_MAX:
                self.free -= length * 8 / (self.kbit * 1000)
                return
            now = self.free
        for _ in range(2 if random.random() * 100 < self.duplicate else 1):
            yield now + max(0.0, self.delay + random.uniform(-self.jitter, self.jitter)) / 1000


def main(prefix, places, control_path):
    devices = {place: open_device(prefix, place) for place in places}
    os.mkfifo(control_path)
    control = os.open(control_path, os.O_RDWR | os.O_NONBLOCK)
    ways, queue, sequence, commands = {}, [], 0, b""
    poll = select.epoll()
    for device in devices.values():
        poll.register(device, select.EPOLLIN)
    poll.register(control, select.EPOLLIN)
    print("ready", flush=True)

    def deliver(place, packet):
        try:
            os.write(devices[place], packet)
        except OSError:
            pass  # its queue is full: lost, as on any network

    while True:
        wait = max(0.0, queue[0][0] - time.monotonic()) if queue else -1
        for ready, _ in poll.poll(wait):
            if ready == control:
                commands += os.read(control, 4096)
                while b"\n" in commands:
                    line, commands = commands.split(b"\n", 1)
                    word, *rest = line.decode().split()
                    if word == "heal":
                        ways.clear()
                    else:
                        ways[int(rest[0]), int(rest[1])] = Way(*map(float, rest[2:7]))
                continue
            source = next(place for place, device in devices.items() if device == ready)
            for _ in range(PACKETS_A_TURN):
                try:
                    packet = os.read(ready, 65536)
                except BlockingIOError:
                    break
                target = packet[19] if packet[0] >> 4 == 4 else -1
                if target not in devices or target == source:
                    continue
                way = ways.get((source, target))
                if way is None:
                    deliver(target, packet)
                    continue
                for due in way.times(time.monotonic(), len(packet)):
                    sequence += 1
                    heapq.heappush(queue, (due, sequence, target, packet))
        while queue and queue[0][0] <= time.monotonic():
            _, _, target, packet = heapq.heappop(queue)
            deliver(target, packet)


main(sys.argv[1], [int(place) for place in sys.argv[2].split(",")], sys.argv[3])
