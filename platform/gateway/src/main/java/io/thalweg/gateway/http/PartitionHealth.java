package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;

/** How well a partition is, from the worst on. */
enum PartitionHealth {
    /** Nobody leads it, or the one who did is gone: no appends and no reads now. */
    OFFLINE("offline"),
    /** It is led, and not each of its replicas holds all that is committed. */
    UNDER_REPLICATED("under-replicated"),
    ONLINE("online");

    private final String text;

    PartitionHealth(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    static PartitionHealth of(ClusterView view, PartitionView partition) {
        BrokerNode leader = partition.leader() < 0 ? null : view.broker(partition.leader());
        if (leader == null || !leader.alive()) {
            return OFFLINE;
        }
        return partition.inSyncReplicas().containsAll(partition.replicas()) ? ONLINE : UNDER_REPLICATED;
    }
}
