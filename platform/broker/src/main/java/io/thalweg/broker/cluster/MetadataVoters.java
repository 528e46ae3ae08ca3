package io.thalweg.broker.cluster;

import io.thalweg.broker.metadata.MetadataPartition;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.replication.node.ReplicaView;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who decides about metadata: as many brokers as there are, at most five, and an odd number, because an even one bears no more
 * failures than one less. One change at a time. Confined to the replication loop, on the node that leads the metadata.
 */
final class MetadataVoters {

    private static final Logger LOGGER = LoggerFactory.getLogger(MetadataVoters.class);

    private final Replicas replicas;
    private final LeaderService leader;
    private final int votersMax;
    private boolean underWay;

    MetadataVoters(Replicas replicas, LeaderService leader, int votersMax) {
        this.replicas = replicas;
        this.leader = leader;
        this.votersMax = votersMax;
    }

    /**
     * Begins the next change, if there is one.
     *
     * @param serving brokers that are here and stay
     * @param lost brokers that do not come back, or are on their way out
     */
    void improve(Collection<Integer> serving, Collection<Integer> lost) {
        ReplicaView view = replicas.view(MetadataPartition.ID);
        if (underWay || view == null || !view.leads()) {
            return;
        }
        long staying =
                view.voters().stream().filter(voter -> !lost.contains(voter)).count();
        if (staying < wanted(serving.size())) {
            for (int broker : new TreeSet<>(serving)) {
                if (!view.voters().contains(broker) && isCaughtUp(view, broker)) {
                    change(broker, true);
                    return;
                }
            }
            return;
        }
        for (int voter : view.voters()) {
            if (lost.contains(voter) && voter != view.leader()) {
                change(voter, false);
                return;
            }
        }
    }

    private int wanted(int serving) {
        int most = Math.min(votersMax, serving);
        return most % 2 == 0 ? Math.max(1, most - 1) : most;
    }

    private static boolean isCaughtUp(ReplicaView view, int broker) {
        return view.followers().stream().anyMatch(follower -> follower.broker() == broker && follower.caughtUp());
    }

    private void change(int broker, boolean add) {
        underWay = true;
        Future<Void> change = leader.changeVoters(MetadataPartition.ID, broker, add);
        change.onComplete(done -> {
            underWay = false;
            if (done.succeeded()) {
                LOGGER.atInfo()
                        .setMessage(
                                add
                                        ? "a broker decides about metadata from now on"
                                        : "a broker decides about metadata no more")
                        .addKeyValue("nodeId", broker)
                        .log();
            }
        });
    }
}
