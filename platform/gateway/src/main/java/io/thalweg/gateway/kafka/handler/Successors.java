package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.apache.kafka.common.TopicPartition;

/**
 * Who leads a partition that this broker leads no more. While it changes hands nobody can say; a client that is told no more than
 * that comes back after its backoff, asks for metadata, and does so again with a longer backoff if it was early. So an answer waits
 * for the successor: that takes a few milliseconds, and with its name the client goes there at once (KIP-951).
 */
final class Successors {

    private static final int LOOK_AGAIN_MILLIS = 5;

    /** An election among brokers that live is done by then. What was asked on the same connection waits as well. */
    private static final int MILLIS_MAX = 500;

    private final Vertx vertx;
    private final BrokerApi broker;
    private final int nodeId;

    Successors(Vertx vertx, BrokerApi broker, int nodeId) {
        this.vertx = vertx;
        this.broker = broker;
        this.nodeId = nodeId;
    }

    /** Completes when another leads that clients can reach, or when nobody is to be expected any more; on the caller's context. */
    Future<Void> await(TopicPartition partition) {
        if (isDecided(partition)) {
            return Future.succeededFuture();
        }
        Promise<Void> decided = Promise.promise();
        lookAgain(partition, MILLIS_MAX, decided);
        return decided.future();
    }

    private void lookAgain(TopicPartition partition, int leftMillis, Promise<Void> decided) {
        vertx.setTimer(LOOK_AGAIN_MILLIS, due -> {
            if (leftMillis <= LOOK_AGAIN_MILLIS || isDecided(partition)) {
                decided.complete();
            } else {
                lookAgain(partition, leftMillis - LOOK_AGAIN_MILLIS, decided);
            }
        });
    }

    private boolean isDecided(TopicPartition name) {
        ClusterView view = broker.cluster();
        PartitionView partition = view.partition(name);
        if (partition == null || partition.replicas().stream().allMatch(replica -> replica == nodeId)) {
            return true;
        }
        return partition.leader() != nodeId && KafkaBroker.find(view, partition.leader()) != null;
    }
}
