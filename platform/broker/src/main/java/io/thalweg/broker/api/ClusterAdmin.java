package io.thalweg.broker.api;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where replicas are and where they should be. Commands are decided by the controller, wherever it is, and durable when
 * their future completes; they fail with NOT_CONTROLLER while there is none: ask again.
 */
public interface ClusterAdmin {

    /** What the controller would move now, and what it moves. */
    Future<Plan> plan();

    /**
     * Moves everything away from a broker, or lets it hold things again. Completes when that is noted, not when it is done.
     * Fails with BROKER_ID_NOT_REGISTERED.
     */
    Future<Void> drain(int broker, boolean away);

    /** Stops moving replicas by itself, or goes on; what {@link #reassign} ordered is moved all the same. */
    Future<Void> pause(boolean paused);

    /**
     * Moves partitions to these replicas, the preferred leader first; an empty list cancels a move. The answer has an error
     * for each partition: NONE, UNKNOWN_TOPIC_OR_PARTITION, INVALID_REPLICA_ASSIGNMENT, NO_REASSIGNMENT_IN_PROGRESS.
     */
    Future<Map<TopicPartition, ErrorCode>> reassign(Map<TopicPartition, List<Integer>> targets);

    /**
     * Makes the preferred replicas lead. The answer has an error for each partition: NONE, ELECTION_NOT_NEEDED,
     * PREFERRED_LEADER_NOT_AVAILABLE, UNKNOWN_TOPIC_OR_PARTITION.
     *
     * @param partitions null for all
     */
    Future<Map<TopicPartition, ErrorCode>> electLeaders(@Nullable List<TopicPartition> partitions);

    /**
     * Makes a replica lead that may lack committed records, where nobody leads and those that have them do not come back: of
     * the replicas that are here the most complete one. What it lacks is lost, and what other replicas hold is given up; they are
     * made anew. The answer has an error for each partition: NONE, ELECTION_NOT_NEEDED if somebody leads or a majority is here
     * and will elect, ELIGIBLE_LEADERS_NOT_AVAILABLE if no replica is here, UNKNOWN_TOPIC_OR_PARTITION.
     *
     * @param partitions null for all that nobody leads
     */
    Future<Map<TopicPartition, ErrorCode>> electUncleanLeaders(@Nullable List<TopicPartition> partitions);

    /** How far the replicas of all partitions are, as this node knows it now. A view, which decides nothing. Free. */
    List<ReplicationStatus> replication();

    /**
     * @param moving what is under way
     * @param planned what would be next
     * @param draining brokers that are being emptied
     */
    record Plan(boolean paused, List<Move> moving, List<Move> planned, List<Integer> draining) {}

    /**
     * One partition's way.
     *
     * @param bytes that must be copied, as far as known; -1 if not known
     * @param ordered by an operator, not by the balance
     */
    record Move(TopicPartition partition, List<Integer> from, List<Integer> to, long bytes, boolean ordered) {}

    /**
     * @param leader -1 while there is none
     * @param ends the log end of each replica that the leader heard of, its own among them; offsets are some seconds old
     */
    record ReplicationStatus(
            TopicPartition partition,
            int leader,
            int epoch,
            long highWatermark,
            long logEndOffset,
            Map<Integer, Long> ends) {}

    /** Of a node that stands alone. */
    ClusterAdmin NONE = new ClusterAdmin() {
        @Override
        public Future<Plan> plan() {
            return Future.succeededFuture(new Plan(false, List.of(), List.of(), List.of()));
        }

        @Override
        public Future<Void> drain(int broker, boolean away) {
            return unsupported();
        }

        @Override
        public Future<Void> pause(boolean paused) {
            return unsupported();
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> reassign(Map<TopicPartition, List<Integer>> targets) {
            return unsupported();
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> electLeaders(@Nullable List<TopicPartition> partitions) {
            return unsupported();
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> electUncleanLeaders(@Nullable List<TopicPartition> partitions) {
            return unsupported();
        }

        @Override
        public List<ReplicationStatus> replication() {
            return List.of();
        }

        private <T> Future<T> unsupported() {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "this node stands alone; start it with --cluster to make it a cluster"));
        }
    };
}
