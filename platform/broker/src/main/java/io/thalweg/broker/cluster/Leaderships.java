package io.thalweg.broker.cluster;

import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.cluster.PartitionId;
import io.thalweg.log.LogId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Who leads what, as far as this node knows: from its own replicas, and from what other leaders say of theirs. The greatest
 * epoch is right. Safe for any thread.
 */
final class Leaderships implements Replicas.Observer {

    /**
     * @param leader -1 if nobody leads this epoch any more, as far as is known
     * @param inSync empty if nobody said
     */
    record Leadership(int epoch, int leader, List<Integer> inSync) {}

    private final int self;
    private final OwnershipMap ownership;
    private final Map<PartitionId, Leadership> own = new ConcurrentHashMap<>();
    /** Told of a topic of which some partition has changed. */
    private final Consumer<Uuid> changed;

    Leaderships(int self, OwnershipMap ownership, Consumer<Uuid> changed) {
        this.self = self;
        this.ownership = ownership;
        this.changed = changed;
    }

    /** Null if nobody has ever led it, as far as is known. */
    @Nullable
    Leadership of(PartitionId id) {
        Leadership here = own.get(id);
        Ownership said = ownership.ownership(id);
        if (said == null || (here != null && here.epoch() > said.leaderEpoch())) {
            return here;
        }
        // In one epoch one leads; but that it leads no more is known best by itself.
        if (here != null && here.epoch() == said.leaderEpoch() && (said.leader() == self || here.leader() == self)) {
            return here;
        }
        return new Leadership(said.leaderEpoch(), said.leader(), said.inSync());
    }

    void onOwnership(Collection<Ownership> entries, Collection<PartitionId> gone) {
        entries.forEach(entry -> changed.accept(PartitionIds.topicId(entry.partition())));
        gone.forEach(id -> changed.accept(PartitionIds.topicId(id)));
    }

    @Override
    public void onLeader(Partition partition, LogId id, int epoch, int leader) {
        own.compute(PartitionIds.of(id), (key, before) -> {
            List<Integer> inSync = before == null ? List.of() : before.inSync();
            return new Leadership(epoch, leader, leader == self ? List.of(self) : inSync);
        });
        changed.accept(id.topicId());
    }

    @Override
    public void onInSync(Partition partition, LogId id, int epoch, List<Integer> inSyncReplicas) {
        own.computeIfPresent(
                PartitionIds.of(id),
                (key, before) -> before.epoch() == epoch
                        ? new Leadership(epoch, before.leader(), List.copyOf(inSyncReplicas))
                        : before);
        changed.accept(id.topicId());
    }

    @Override
    public void onClosed(Partition partition, LogId id) {
        own.remove(PartitionIds.of(id));
        changed.accept(id.topicId());
    }
}
