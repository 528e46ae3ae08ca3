package io.thalweg.broker.routing;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * {@link ClusterAdmin} whose plans say how much is to be copied: the controller does not know sizes, the leaders do. A plan is
 * shown all the same if they do not answer.
 */
final class SizedPlans implements ClusterAdmin {

    private final ClusterAdmin controller;
    private final BrokerApi brokers;

    /** @param brokers tells of logs wherever they are */
    SizedPlans(ClusterAdmin controller, BrokerApi brokers) {
        this.controller = controller;
        this.brokers = brokers;
    }

    @Override
    public Future<Plan> plan() {
        return controller.plan().compose(plan -> {
            List<TopicPartition> copied = Stream.concat(plan.moving().stream(), plan.planned().stream())
                    .filter(move -> copies(move) > 0)
                    .map(Move::partition)
                    .distinct()
                    .toList();
            if (copied.isEmpty()) {
                return Future.succeededFuture(sized(plan, Map.of()));
            }
            return brokers.describeLogs(copied)
                    .map(SizedPlans::sizes)
                    .otherwise(Map.of())
                    .map(sizes -> sized(plan, sizes));
        });
    }

    private static Map<TopicPartition, Long> sizes(List<PartitionStatus> logs) {
        Map<TopicPartition, Long> sizes = new HashMap<>();
        logs.forEach(log -> sizes.put(log.partition(), log.sizeBytes()));
        return sizes;
    }

    private static Plan sized(Plan plan, Map<TopicPartition, Long> sizes) {
        return new Plan(plan.paused(), sized(plan.moving(), sizes), sized(plan.planned(), sizes), plan.draining());
    }

    private static List<Move> sized(List<Move> moves, Map<TopicPartition, Long> sizes) {
        return moves.stream()
                .map(move -> new Move(move.partition(), move.from(), move.to(), bytes(move, sizes), move.ordered()))
                .toList();
    }

    private static long bytes(Move move, Map<TopicPartition, Long> sizes) {
        long copies = copies(move);
        Long size = sizes.get(move.partition());
        return copies == 0 ? 0 : size == null ? -1 : size * copies;
    }

    /** Replicas that there are not yet. */
    private static long copies(Move move) {
        return move.to().stream()
                .filter(broker -> !move.from().contains(broker))
                .count();
    }

    @Override
    public Future<Void> drain(int broker, boolean away) {
        return controller.drain(broker, away);
    }

    @Override
    public Future<Void> pause(boolean paused) {
        return controller.pause(paused);
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> reassign(Map<TopicPartition, List<Integer>> targets) {
        return controller.reassign(targets);
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> electLeaders(@Nullable List<TopicPartition> partitions) {
        return controller.electLeaders(partitions);
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> electUncleanLeaders(@Nullable List<TopicPartition> partitions) {
        return controller.electUncleanLeaders(partitions);
    }

    @Override
    public List<ReplicationStatus> replication() {
        return controller.replication();
    }
}
