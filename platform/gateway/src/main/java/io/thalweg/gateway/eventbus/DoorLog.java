package io.thalweg.gateway.eventbus;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line in ten seconds for what clients can cause, with the number that was left out. */
final class DoorLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(EventBusGateway.class);
    private static final long INTERVAL_NANOS = 10_000_000_000L;

    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong suppressed = new AtomicLong();

    void warn(String remote, String what) {
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            suppressed.incrementAndGet();
            return;
        }
        LOGGER.atWarn()
                .addKeyValue("remote", remote)
                .addKeyValue("suppressed", suppressed.getAndSet(0))
                .log("event-bus client: {}", what);
    }
}
