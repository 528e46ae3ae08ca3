package io.thalweg.broker;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.partition.InternalAppends;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.storage.Again;
import io.thalweg.broker.storage.PartitionReplay;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.coordination.runtime.CoordinatorLog;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.ReadLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** {@link CoordinatorLog} over the internal topics of this node. */
final class LocalCoordinatorLog implements CoordinatorLog {

    private static final int LOOK_AGAIN_MILLIS = 10;

    private final Vertx vertx;
    private final Topology topology;
    private final LocalTopicsApi topics;
    private final Partitions partitions;
    private final InternalAppends appends;
    private final StoragePool storage;

    LocalCoordinatorLog(
            Vertx vertx,
            Topology topology,
            LocalTopicsApi topics,
            Partitions partitions,
            InternalAppends appends,
            StoragePool storage) {
        this.vertx = vertx;
        this.topology = topology;
        this.topics = topics;
        this.partitions = partitions;
        this.appends = appends;
        this.storage = storage;
    }

    @Override
    public Future<Integer> ensureTopic(String topic, int partitionsWanted, Map<String, String> configs) {
        int known = partitionCount(topic);
        if (known > 0) {
            return ((ContextInternal) vertx.getOrCreateContext()).succeededFuture(known);
        }
        return topics.createInternal(new NewTopic(topic, partitionsWanted, (short) -1, Map.of(), configs))
                .map(created -> created.partitions().size())
                .recover(failure -> {
                    // Somebody else may have been first.
                    int count = partitionCount(topic);
                    return count > 0 ? Future.succeededFuture(count) : Future.failedFuture(failure);
                });
    }

    @Override
    public int partitionCount(String topic) {
        TopicView known = topology.view().topic(topic);
        return known == null ? -1 : known.partitions().size();
    }

    @Override
    public int leaderEpoch(TopicPartition name) {
        Partition partition = partitions.get(name);
        return partition == null || partition.refusal(-1) != ErrorCode.NONE
                ? -1
                : partition.state().leaderEpoch();
    }

    @Override
    public Future<Long> append(TopicPartition name, int leaderEpoch, List<CoordinatorRecord> records) {
        try {
            BatchBuilder batch = BatchBuilder.uncompressed();
            for (CoordinatorRecord coordinated : records) {
                batch.append(coordinated.timestampMillis(), coordinated.key(), coordinated.value());
            }
            return appends.append(partition(name), leaderEpoch, batch)
                    .map(appended -> appended.baseOffset() + records.size());
        } catch (ThalwegException refused) {
            return ((ContextInternal) vertx.getOrCreateContext()).failedFuture(refused);
        }
    }

    @Override
    public Future<Long> replay(TopicPartition name, ReplayVisitor visitor) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        try {
            Partition partition = partition(name);
            return settled(partition, partition.appendEpochFor(-1))
                    .compose(complete -> storage.run(() -> {
                        partition.open();
                        return PartitionReplay.replay(partition.log(), ReadLimits.defaults(), replayed -> {
                            byte[] key = bytes(replayed.key());
                            if (key != null) {
                                visitor.onRecord(replayed.offset(), replayed.timestamp(), key, bytes(replayed.value()));
                            }
                            return true;
                        });
                    }));
        } catch (ThalwegException refused) {
            return context.failedFuture(refused);
        }
    }

    /** Completes when this leader's log holds all that leaders before it committed, and the high watermark says so. */
    private Future<Void> settled(Partition partition, int epoch) {
        return Again.after(
                vertx,
                LOOK_AGAIN_MILLIS,
                failure -> ThalwegException.codeOf(failure) == ErrorCode.OFFSET_NOT_AVAILABLE,
                () -> {
                    if (!partition.leads(epoch)) {
                        return Future.failedFuture(new ThalwegException(
                                ErrorCode.NOT_LEADER_OR_FOLLOWER,
                                "another leads by now: partition=" + partition.name() + " epoch=" + epoch));
                    }
                    return partition.awaitsSettling()
                            ? Future.failedFuture(new ThalwegException(
                                    ErrorCode.OFFSET_NOT_AVAILABLE,
                                    "nothing of the epoch is committed yet: partition=" + partition.name() + " epoch="
                                            + epoch))
                            : Future.succeededFuture();
                });
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return copy;
    }

    private Partition partition(TopicPartition name) {
        Partition partition = partitions.get(name);
        if (partition == null) {
            throw new ThalwegException(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER, "this node does not hold the partition: partition=" + name);
        }
        return partition;
    }
}
