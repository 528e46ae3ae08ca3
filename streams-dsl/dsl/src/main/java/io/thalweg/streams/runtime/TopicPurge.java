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
 * Deletes from the application's own topics what its tasks are done with for good: records of repartition topics that are committed,
 * as Kafka Streams does, and changes of windows that have expired. Nobody else reads them, and the broker keeps them without limit of
 * time. Confined.
 */
final class TopicPurge {

    private final ApplicationRun app;
    private final Warnings warnings;
    private final Set<String> repartitionTopics = new HashSet<>();
    private final Map<TopicPartition, Long> purged = new HashMap<>();
    private boolean running;

    TopicPurge(ApplicationRun app, Warnings warnings) {
        this.app = app;
        this.warnings = warnings;
        for (InternalTopic topic : app.topology().internalTopics()) {
            if (topic.kind() == InternalTopic.Kind.REPARTITION) {
                repartitionTopics.add(topic.name());
            }
        }
    }

    /** Deletes what these tasks are done with. Never fails. */
    Future<Void> run(Collection<TaskRunner> tasks) {
        if (running) {
            return Future.succeededFuture();
        }
        List<Future<Void>> deletions = new ArrayList<>();
        for (TaskRunner runner : tasks) {
            if (runner.state() == TaskState.RUNNING) {
                runner.doneWith(repartitionTopics).forEach((partition, offset) -> {
                    if (offset > purged.getOrDefault(partition, 0L)) {
                        deletions.add(delete(partition, offset));
                    }
                });
            }
        }
        if (deletions.isEmpty()) {
            return Future.succeededFuture();
        }
        running = true;
        return Future.join(deletions).<Void>mapEmpty().transform(outcome -> {
            running = false;
            if (outcome.failed()) {
                warnings.warn(
                        "what is done with was not deleted from the application's topics; the next attempt covers it",
                        outcome.cause());
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
