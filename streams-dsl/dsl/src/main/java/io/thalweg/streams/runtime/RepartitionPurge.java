package io.thalweg.streams.runtime;

import io.thalweg.streams.topology.InternalTopic;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Deletes from the application's repartition topics what its tasks are done with for good, as Kafka Streams does: nobody else reads
 * them, and they are kept without limit of time. Confined.
 */
final class RepartitionPurge {

    private final ApplicationRun app;
    private final Warnings warnings;
    private final Set<String> topics = new HashSet<>();
    private final Map<TopicPartition, Long> purged = new HashMap<>();
    private boolean running;

    RepartitionPurge(ApplicationRun app, Warnings warnings) {
        this.app = app;
        this.warnings = warnings;
        for (InternalTopic topic : app.topology().internalTopics()) {
            if (topic.kind() == InternalTopic.Kind.REPARTITION) {
                topics.add(topic.name());
            }
        }
    }

    /** Deletes what lies before the commits of these tasks. Never fails. */
    Future<Void> run(Collection<TaskRunner> tasks) {
        if (topics.isEmpty() || running) {
            return Future.succeededFuture();
        }
        List<Future<Void>> deletions = new ArrayList<>();
        for (TaskRunner runner : tasks) {
            if (runner.state() == TaskState.RUNNING) {
                runner.progress().committed().forEach((partition, offset) -> {
                    if (topics.contains(partition.topic()) && offset > purged.getOrDefault(partition, 0L)) {
                        deletions.add(delete(partition, offset));
                    }
                });
            }
        }
        running = true;
        return Future.join(deletions).<Void>mapEmpty().transform(outcome -> {
            running = false;
            if (outcome.failed()) {
                warnings.warn("a repartition topic was not purged; the next attempt covers it", outcome.cause());
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> delete(TopicPartition partition, long before) {
        return app.client().deleteRecords(partition, before).map(begin -> {
            purged.put(partition, before);
            return null;
        });
    }
}
