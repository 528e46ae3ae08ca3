package io.thalweg.broker.cluster;

import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.PartitionState;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.environment.Timers;
import io.thalweg.environment.Timers.Timer;
import io.thalweg.log.LogId;
import io.thalweg.log.PartitionLog;
import io.thalweg.replication.node.ReplicaView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other nodes what this one leads, when that changes and every few seconds. What changes in one turn of the loop
 * is told at its end. Confined to the replication loop.
 */
final class OwnershipPublisher implements Replicas.Observer {

    private static final int INTERVAL_MILLIS = 2_000;

    private final int self;
    private final OwnershipMap ownership;
    private final Timers timers;
    private final Partitions partitions;
    private final Replicas replicas;
    private final Map<LogId, Led> led = new HashMap<>();
    private final Set<LogId> changed = new LinkedHashSet<>();
    private @Nullable Timer timer;
    private boolean closed;

    private static final class Led {
        final Partition partition;
        final int epoch;
        List<Integer> voters;
        List<Integer> inSync;

        Led(Partition partition, int epoch, int self) {
            this.partition = partition;
            this.epoch = epoch;
            this.voters = List.of(self);
            this.inSync = List.of(self);
        }
    }

    OwnershipPublisher(int self, OwnershipMap ownership, Timers timers, Partitions partitions, Replicas replicas) {
        this.replicas = replicas;
        this.self = self;
        this.ownership = ownership;
        this.timers = timers;
        this.partitions = partitions;
    }

    void start() {
        timer = timers.schedule(INTERVAL_MILLIS, () -> {
            if (!closed) {
                publishAll();
                start();
            }
        });
    }

    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        ownership.withdraw(led.keySet().stream().map(PartitionIds::of).toList());
        led.clear();
    }

    @Override
    public void onLeader(Partition partition, LogId id, int epoch, int leader) {
        if (leader == self) {
            Led now = new Led(partition, epoch, self);
            led.put(id, now);
            changed(id);
        } else {
            withdraw(id);
        }
    }

    @Override
    public void onInSync(Partition partition, LogId id, int epoch, List<Integer> inSyncReplicas) {
        Led now = led.get(id);
        if (now != null && now.epoch == epoch) {
            now.inSync = List.copyOf(inSyncReplicas);
            changed(id);
        }
    }

    @Override
    public void onVoters(Partition partition, LogId id, int epoch, List<Integer> voters) {
        Led now = led.get(id);
        if (now != null && now.epoch == epoch) {
            now.voters = List.copyOf(voters);
            changed(id);
        }
    }

    @Override
    public void onClosed(Partition partition, LogId id) {
        withdraw(id);
    }

    private void withdraw(LogId id) {
        if (led.remove(id) != null) {
            ownership.withdraw(List.of(PartitionIds.of(id)));
        }
    }

    private void changed(LogId id) {
        if (changed.isEmpty()) {
            timers.schedule(0, this::publishChanged);
        }
        changed.add(id);
    }

    private void publishChanged() {
        List<Ownership> entries = new ArrayList<>(changed.size());
        for (LogId id : changed) {
            Led now = led.get(id);
            if (now != null) {
                entries.add(entry(id, now));
            }
        }
        changed.clear();
        if (!entries.isEmpty() && !closed) {
            ownership.publish(entries);
        }
    }

    private void publishAll() {
        List<Ownership> all = new ArrayList<>();
        led.forEach((id, now) -> all.add(entry(id, now)));
        partitions.forEach(partition -> {
            if (!partition.isReplicated()
                    && partition.state() instanceof PartitionState.Leading leading
                    && partition.isOpen()) {
                all.add(entry(
                        new LogId(partition.topicId(), partition.name().partition()),
                        new Led(partition, leading.leaderEpoch(), self)));
            }
        });
        if (!all.isEmpty()) {
            ownership.publish(all);
        }
    }

    private Ownership entry(LogId id, Led now) {
        PartitionLog log = now.partition.log();
        long end = log.logEndOffset();
        return new Ownership(
                PartitionIds.of(id),
                self,
                now.epoch,
                now.voters,
                now.inSync,
                log.highWatermark(),
                end,
                ends(id, now, end));
    }

    private List<Long> ends(LogId id, Led now, long end) {
        Map<Integer, Long> known = new HashMap<>();
        ReplicaView view = replicas.view(id);
        if (view != null) {
            view.followers().forEach(follower -> known.put(follower.broker(), follower.endOffset()));
        }
        known.put(self, end);
        return now.voters.stream().map(voter -> known.getOrDefault(voter, -1L)).toList();
    }
}
