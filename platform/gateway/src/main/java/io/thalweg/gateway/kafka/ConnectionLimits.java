package io.thalweg.gateway.kafka;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections, in all and for each client address, against their limits. May be used from any thread. */
final class ConnectionLimits {

    private final int max;
    private final int perAddressMax;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<String, Integer> openByAddress = new ConcurrentHashMap<>();

    ConnectionLimits(int max, int perAddressMax) {
        this.max = max;
        this.perAddressMax = perAddressMax;
    }

    /** @return whether the connection may stay; if so, {@link #closed} must follow once */
    boolean opened(String address) {
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            return false;
        }
        if (openByAddress.merge(address, 1, Integer::sum) > perAddressMax) {
            closed(address);
            return false;
        }
        return true;
    }

    void closed(String address) {
        open.decrementAndGet();
        openByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    int open() {
        return open.get();
    }
}
