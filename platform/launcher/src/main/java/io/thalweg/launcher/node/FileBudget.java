package io.thalweg.launcher.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.gateway.eventbus.EventBusGatewayConfig;
import io.thalweg.gateway.http.HttpGatewayConfig;
import io.thalweg.gateway.http.HttpLimits;
import io.thalweg.gateway.kafka.KafkaGatewayConfig;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Shares the file descriptors that the operating system grants among what the configuration allows: the log's open files
 * and each door's connections. Clients together can never take what the log needs to go on writing, so a flood of
 * connections is refused at the doors and costs nothing else.
 *
 * @param logFilesMax that the log may keep open
 * @param connectionShare of its configured connections that each door may have open, at most 1
 * @param socketsMax accepted and not closed, over all doors: their connections, and those that are about to be refused
 */
record FileBudget(int logFilesMax, double connectionShare, int socketsMax) {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileBudget.class);

    /** Held back from everybody. */
    static final int RESERVE = 32;

    /** Sockets that were accepted and that a door has not decided on yet, or has refused and not closed yet. */
    static final int UNDECIDED = 16;

    /**
     * What a node opens besides, over the whole of its life, beyond what it has open when this is computed: listening
     * sockets, the lock, the journal, a file each for checkpoints, rolls, compaction and verification, connectors' files.
     */
    static final int OTHERS = 48;

    private static final int LEAST = 8;

    /** For this process as it is now; as configured where the platform does not say what it grants. */
    static FileBudget ofProcess(NodeConfig config) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? of(config, unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
                : new FileBudget(config.broker().openFilesMax(), 1, Integer.MAX_VALUE);
    }

    /**
     * @param filesMax descriptors that the process may have open
     * @param filesOpen that it has open already, with its event loops
     */
    static FileBudget of(NodeConfig config, long filesMax, long filesOpen) {
        HttpGatewayConfig http = config.http();
        KafkaGatewayConfig kafka = config.kafka();
        EventBusGatewayConfig eventBus = config.eventBus();
        long connections = (http == null ? 0L : http.limits().connectionsMax())
                + (kafka == null ? 0L : kafka.connectionsMax())
                + (eventBus == null ? 0L : eventBus.connectionsMax());
        int logFiles = config.broker().openFilesMax();
        long free = Math.max(4 * LEAST, filesMax - filesOpen - OTHERS - UNDECIDED - RESERVE);
        if (logFiles + connections <= free) {
            return new FileBudget(logFiles, 1, sockets(free - logFiles));
        }
        int logShare = (int) Math.max(LEAST, Math.min(logFiles, free / 3));
        double share = Math.min(1, (double) (free - logShare) / connections);
        LOGGER.atLevel(share < 0.25 ? Level.WARN : Level.DEBUG)
                .addKeyValue("filesMax", filesMax)
                .addKeyValue("logFilesMax", logShare)
                .addKeyValue("connectionsMax", (long) (share * connections))
                .log("fewer connections and open files than configured: file descriptors are limited (ulimit -n)");
        return new FileBudget(logShare, share, sockets(free - logShare));
    }

    private static int sockets(long connections) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(3 * LEAST, connections) + UNDECIDED);
    }

    BrokerConfig broker(BrokerConfig config) {
        return logFilesMax == config.openFilesMax() ? config : config.withOpenFilesMax(logFilesMax);
    }

    HttpGatewayConfig http(HttpGatewayConfig config) {
        HttpLimits limits = config.limits();
        return config.withLimits(limits.withConnectionLimits(
                shared(limits.connectionsMax()), shared(limits.connectionsPerAddressMax())));
    }

    KafkaGatewayConfig kafka(KafkaGatewayConfig config) {
        return config.withConnectionLimits(shared(config.connectionsMax()), shared(config.connectionsPerAddressMax()));
    }

    EventBusGatewayConfig eventBus(EventBusGatewayConfig config) {
        return config.withConnectionLimits(shared(config.connectionsMax()), shared(config.connectionsPerAddressMax()));
    }

    private int shared(int configured) {
        return (int) Math.max(Math.min(configured, LEAST), configured * connectionShare);
    }
}
