package io.thalweg.connectors.api;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes one share of the topics' partitions elsewhere. */
public interface SinkTask {

    Future<Void> start(SinkTaskContext context);

    /**
     * Partitions that are this task's from now on. The answer names, for those whose position the sink keeps with its data,
     * the offset to read on from; the others begin where the connector's group stands.
     */
    default Future<Map<TopicPartition, Long>> assigned(Set<TopicPartition> partitions) {
        return Future.succeededFuture(Map.of());
    }

    /** Takes records, in offset order for each partition. The next ones come when the future completes. */
    Future<Void> put(List<SinkRecord> records);

    /** Makes all that was put durable on the other side. The group's offsets are committed when it completes. */
    default Future<Void> flush() {
        return Future.succeededFuture();
    }

    /** Partitions that are no longer this task's; flushed before. Records of them that were put must be out. */
    default Future<Void> revoked(Set<TopicPartition> partitions) {
        return Future.succeededFuture();
    }

    /**
     * Releases everything; also after a failed start. The last call. It does not wait for ever for what is under way: if a
     * start, put or flush is then, that is to end, and what it still opens is to be closed.
     */
    Future<Void> stop();
}
