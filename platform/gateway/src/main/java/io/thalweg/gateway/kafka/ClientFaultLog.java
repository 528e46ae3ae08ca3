package io.thalweg.gateway.kafka;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line a second at most about what clients do wrong, with the number of lines that were left out. */
final class ClientFaultLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaGateway.class);
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong leftOut = new AtomicLong();

    /** @param reason without anything of the client's bytes but numbers */
    void connectionCut(String address, String reason) {
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            leftOut.incrementAndGet();
            return;
        }
        LOGGER.atWarn()
                .addKeyValue("client", address)
                .addKeyValue("error", reason)
                .addKeyValue("leftOut", leftOut.getAndSet(0))
                .log("connection closed");
    }
}
