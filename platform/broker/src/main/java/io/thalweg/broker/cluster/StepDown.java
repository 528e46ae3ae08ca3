package io.thalweg.broker.cluster;

import io.thalweg.broker.cluster.LeaderService.Ask;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.cluster.PartitionId;
import io.thalweg.environment.Timers;
import io.thalweg.log.LogId;
import io.thalweg.replication.node.ReplicaView;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over what this node leads, as far as somebody else is in sync, when it has lost its membership: nothing would be lost if it
 * led on, but who is not among its followers would not find it. It may lead again when it is asked to. Confined to the replication
 * loop.
 */
final class StepDown {

    private static final Logger LOGGER = LoggerFactory.getLogger(StepDown.class);

    /** Nobody may be in sync at first, or a successor too slow. */
    private static final int AGAIN_MILLIS = 1_000;

    private static final Duration ASK_MAX = Duration.ofSeconds(2);

    private final int self;
    private final Replicas replicas;
    private final PeerRpc rpc;
    private final Timers timers;
    private final BooleanSupplier lasts;
    private boolean scheduled;

    /** @param lasts whether the reason to step down still holds */
    StepDown(int self, Replicas replicas, PeerRpc rpc, Timers timers, BooleanSupplier lasts) {
        this.self = self;
        this.replicas = replicas;
        this.rpc = rpc;
        this.timers = timers;
        this.lasts = lasts;
    }

    void now(String reason) {
        LOGGER.atWarn()
                .setMessage("this node's membership is made anew: others are to lead what it leads")
                .addKeyValue("partitions", handOverAll())
                .addKeyValue("error", reason)
                .log();
        again();
    }

    private void again() {
        if (scheduled) {
            return;
        }
        scheduled = true;
        timers.schedule(AGAIN_MILLIS, () -> {
            scheduled = false;
            if (lasts.getAsBoolean()) {
                handOverAll();
                again();
            }
        });
    }

    /** Others may be in the same trouble: they would give it back. So each is asked first. */
    private int handOverAll() {
        Map<LogId, List<Integer>> successors = successors();
        if (successors.isEmpty()) {
            return 0;
        }
        Set<Integer> brokers = new TreeSet<>();
        successors.values().forEach(brokers::addAll);
        // What a broker answers goes for all partitions.
        PartitionId any = PartitionIds.of(successors.keySet().iterator().next());
        Set<Integer> willing = new HashSet<>();
        List<Future<Void>> asked = new ArrayList<>();
        for (int broker : brokers) {
            asked.add(LeaderService.ask(rpc, broker, any, Ask.LEAD, broker, ASK_MAX)
                    .onSuccess(yes -> willing.add(broker)));
        }
        Future.join(asked)
                .onComplete(all -> successors.forEach((id, inSync) -> {
                    List<Integer> ready =
                            inSync.stream().filter(willing::contains).toList();
                    if (!ready.isEmpty()) {
                        handOver(id, ready.get(Math.floorMod(id.hashCode(), ready.size())));
                    }
                }));
        return successors.size();
    }

    /** Who is in sync, beside this node, of what it leads; not of what nobody could take over. */
    private Map<LogId, List<Integer>> successors() {
        Map<LogId, List<Integer>> successors = new LinkedHashMap<>();
        for (LogId id : List.copyOf(replicas.node().partitions())) {
            ReplicaView view = replicas.view(id);
            if (view != null && view.leads()) {
                List<Integer> others =
                        view.inSync().stream().filter(broker -> broker != self).toList();
                if (!others.isEmpty()) {
                    successors.put(id, others);
                }
            }
        }
        return successors;
    }

    private void handOver(LogId id, int successor) {
        replicas.node()
                .transfer(id, successor)
                .onFailure(failure -> LOGGER.atDebug()
                        .setMessage("a partition was not handed over")
                        .addKeyValue("partition", id)
                        .addKeyValue("nodeId", successor)
                        .addKeyValue("error", failure.getMessage())
                        .log());
    }
}
