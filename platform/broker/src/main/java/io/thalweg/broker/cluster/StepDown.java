package io.thalweg.broker.cluster;

import io.thalweg.broker.replica.Replicas;
import io.thalweg.log.LogId;
import io.thalweg.replication.node.ReplicaView;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over what this node leads, as far as somebody else is in sync, when it has lost its membership: nothing would be lost if it
 * led on, but who is not among its followers would not find it. It may lead again when it is asked to. Confined to the replication
 * loop.
 */
final class StepDown {

    private static final Logger LOGGER = LoggerFactory.getLogger(StepDown.class);

    private final int self;
    private final Replicas replicas;

    StepDown(int self, Replicas replicas) {
        this.self = self;
        this.replicas = replicas;
    }

    void now(String reason) {
        int handedOver = 0;
        for (LogId id : List.copyOf(replicas.node().partitions())) {
            ReplicaView view = replicas.view(id);
            if (view != null && view.leads()) {
                List<Integer> others =
                        view.inSync().stream().filter(broker -> broker != self).toList();
                if (!others.isEmpty()) {
                    handOver(id, others.get(Math.floorMod(id.hashCode(), others.size())));
                    handedOver++;
                }
            }
        }
        LOGGER.atWarn()
                .setMessage("this node's membership is made anew: others are to lead what it leads")
                .addKeyValue("partitions", handedOver)
                .addKeyValue("error", reason)
                .log();
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
