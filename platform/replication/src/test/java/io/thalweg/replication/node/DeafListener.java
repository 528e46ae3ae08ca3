package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.vertx.core.Future;
import java.util.List;

/** A broker that takes no notice. */
final class DeafListener implements ReplicationListener {
    @Override
    public void onLeader(LogId partition, int epoch, int leader) {}

    @Override
    public Future<Void> onHandOver(LogId partition, int epoch) {
        return Future.succeededFuture();
    }

    @Override
    public void onHighWatermark(LogId partition, long offset) {}

    @Override
    public void onInSync(LogId partition, int epoch, List<Integer> inSyncReplicas) {}

    @Override
    public void onVoters(LogId partition, int epoch, List<Integer> voters) {}

    @Override
    public void onOffline(LogId partition, String reason) {}
}
