package io.thalweg.streams.topology;

import io.vertx.core.json.JsonObject;

/**
 * A topic that the application needs for itself and whoever runs it creates.
 *
 * @param partitions 0 to take as many as the sub-topology needs ({@link PartitionPlan})
 * @param cleanupPolicy {@code delete}, {@code compact} or {@code compact,delete}
 * @param retentionMillis -1 for no limit of time
 */
public record InternalTopic(String name, Kind kind, int partitions, String cleanupPolicy, long retentionMillis) {

    public enum Kind {
        /** Records on their way to the task that owns their new key. */
        REPARTITION,
        /** The changes of a store. */
        CHANGELOG
    }

    public JsonObject toJson() {
        JsonObject json = new JsonObject().put("name", name).put("kind", kind.name());
        if (partitions > 0) {
            json.put("partitions", partitions);
        }
        return json.put("cleanupPolicy", cleanupPolicy).put("retentionMillis", retentionMillis);
    }
}
