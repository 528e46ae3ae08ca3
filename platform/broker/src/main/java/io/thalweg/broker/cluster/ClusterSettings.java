package io.thalweg.broker.cluster;

import io.thalweg.cluster.balance.BalanceLimits;
import io.thalweg.replication.node.ReplicationConfig;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of a broker in a cluster.
 *
 * @param mayForm whether this node begins a cluster if it belongs to none and finds none: it was told of no others, or is the
 *     first of those that it was told of
 * @param nodesExpected how many nodes there are to be at first, this one among them; 0 if that is not known. Once so many are
 *     here and none belongs to a cluster, there is nobody left to look for
 * @param doors those that this node opens when it has started; before, clients do not reach it, so it is given nothing to lead
 * @param formAfter how long it looks for one before, unless all that are expected are here
 * @param replication sizes and times of replication
 * @param metadataVotersMax replicas that decide about metadata; the others only follow it
 * @param handOverMax how long a clean stop waits for others to take over
 * @param leadAfter how long after it has opened its doors a node is given no share of the leaderships. It has compiled none of the
 *     code of a leader then, and is busy with the rest; nobody waits for shares to be even
 * @param absenceMax how long a broker may be away before its replicas are made anew on others
 * @param balance what may be moved at once
 * @param balanceIntervalMillis how often the controller looks for what to move
 * @param callMillisMax of a call that one broker makes to another for a client
 */
public record ClusterSettings(
        boolean mayForm,
        int nodesExpected,
        Set<String> doors,
        Duration formAfter,
        ReplicationConfig replication,
        int metadataVotersMax,
        Duration handOverMax,
        Duration leadAfter,
        Duration absenceMax,
        BalanceLimits balance,
        int balanceIntervalMillis,
        int callMillisMax) {

    public ClusterSettings {
        doors = Set.copyOf(doors);
        if (metadataVotersMax < 1 || balanceIntervalMillis < 1 || callMillisMax < 1) {
            throw new IllegalArgumentException("metadataVotersMax=" + metadataVotersMax + " balanceIntervalMillis="
                    + balanceIntervalMillis + " callMillisMax=" + callMillisMax + "; each at least 1");
        }
        if (formAfter.isNegative() || handOverMax.isNegative() || leadAfter.isNegative() || absenceMax.isNegative()) {
            throw new IllegalArgumentException("formAfter=" + formAfter + " handOverMax=" + handOverMax + " leadAfter="
                    + leadAfter + " absenceMax=" + absenceMax + "; none is negative");
        }
    }

    public static ClusterSettings defaults(boolean mayForm) {
        return new ClusterSettings(
                mayForm,
                0,
                Set.of(),
                Duration.ofSeconds(2),
                ReplicationConfig.defaults(),
                5,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                BalanceLimits.DEFAULT,
                1_000,
                30_000);
    }

    public ClusterSettings withLeadAfter(Duration changed) {
        return new ClusterSettings(
                mayForm,
                nodesExpected,
                doors,
                formAfter,
                replication,
                metadataVotersMax,
                handOverMax,
                changed,
                absenceMax,
                balance,
                balanceIntervalMillis,
                callMillisMax);
    }

    public ClusterSettings withReplication(ReplicationConfig changed) {
        return new ClusterSettings(
                mayForm,
                nodesExpected,
                doors,
                formAfter,
                changed,
                metadataVotersMax,
                handOverMax,
                leadAfter,
                absenceMax,
                balance,
                balanceIntervalMillis,
                callMillisMax);
    }
}
