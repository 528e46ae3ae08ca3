package io.thalweg.system.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;

/** The cluster as one node tells it at {@code /v1/cluster}. */
record ClusterState(JsonObject json) {

    Set<Integer> alive() {
        Set<Integer> alive = new TreeSet<>();
        JsonArray brokers = json.getJsonArray("brokers");
        for (int i = 0; i < brokers.size(); i++) {
            JsonObject broker = brokers.getJsonObject(i);
            if (broker.getBoolean("alive")) {
                alive.add(broker.getInteger("id"));
            }
        }
        return alive;
    }

    int controller() {
        return json.getInteger("controllerId");
    }

    /** Every partition is led, and held by each of its replicas; nothing is being moved. */
    boolean settled() {
        return controller() >= 0
                && json.getInteger("offlinePartitionCount") == 0
                && json.getInteger("underReplicatedPartitionCount") == 0
                && json.getInteger("movingPartitionCount") == 0;
    }

    /** How many partitions a node leads. */
    int ledBy(int node) {
        JsonArray brokers = json.getJsonArray("brokers");
        for (int i = 0; i < brokers.size(); i++) {
            JsonObject broker = brokers.getJsonObject(i);
            if (broker.getInteger("id") == node) {
                return broker.getInteger("leaderCount");
            }
        }
        return 0;
    }

    /** A node is known to be gone, and whatever it led is led by others. */
    boolean ledWithout(int node) {
        return controller() >= 0
                && ledBy(node) == 0
                && !alive().contains(node)
                && json.getInteger("offlinePartitionCount") == 0;
    }
}
