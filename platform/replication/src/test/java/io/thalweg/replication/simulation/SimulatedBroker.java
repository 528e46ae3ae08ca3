package io.thalweg.replication.simulation;

import io.thalweg.log.LogId;
import io.thalweg.replication.node.ReplicationListener;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;

/** The broker above replication on one machine: keeps who leads, appends for producers, and tells them what is committed. */
final class SimulatedBroker implements ReplicationListener {

    private final SimulatedMachine machine;
    private final NodesSimulation simulation;

    SimulatedBroker(SimulatedMachine machine, NodesSimulation simulation) {
        this.machine = machine;
        this.simulation = simulation;
    }

    private SimulatedCopy copy(LogId id) {
        return Objects.requireNonNull(machine.copies().get(id));
    }

    // ---- what producers ask

    void produce(SimulatedPartition partition) {
        SimulatedCopy copy = machine.copies().get(partition.id());
        if (copy == null
                || copy.store == null
                || copy.leadingEpoch < 0
                || copy.handsOver
                || machine.disk().hasFailed()
                || machine.isPaused()) {
            return;
        }
        int of = machine.incarnation();
        Entry entry = new Entry(copy.leadingEpoch, simulation.nextValue(), null);
        copy.store
                .append(entry, () -> copy.unacknowledged.put(copy.log().end().offset() - 1, entry))
                .onSuccess(appended -> {
                    if (machine.incarnation() == of) {
                        if (copy.leadingEpoch == entry.epoch()) {
                            // A producer that waits for the leader alone is told so.
                            partition.appended.add(entry.value());
                        }
                        if (machine.breaks(NodesBrokenRule.ACKNOWLEDGE_ON_THE_LEADER)) {
                            acknowledge(copy, copy.log().end().offset());
                        }
                        simulation.step(machine, () -> machine.node().onAppended(partition.id()));
                    }
                });
    }

    private static void acknowledge(SimulatedCopy copy, long below) {
        copy.unacknowledged.headMap(below).forEach((offset, entry) -> {
            copy.partition().acknowledged.add(entry.value());
            copy.partition().invariants().forEach(i -> i.acknowledged(copy, offset, entry));
        });
        copy.unacknowledged.headMap(below).clear();
    }

    // ---- what replication says

    @Override
    public void onLeader(LogId id, int epoch, int leader) {
        SimulatedCopy copy = copy(id);
        simulation.trace(machine.broker(), copy.partition() + " epoch " + epoch + " led by " + leader);
        if (leader == machine.broker()) {
            if (copy.leadingEpoch != epoch) {
                copy.partition().elections++;
                copy.partition().invariants().forEach(i -> i.led(copy, epoch));
                simulation.faults().led(copy.partition(), machine.broker());
            }
            copy.led(epoch);
        } else {
            copy.led(-1);
            copy.unacknowledged.clear();
        }
    }

    @Override
    public Future<Void> onHandOver(LogId id, int epoch) {
        SimulatedCopy copy = copy(id);
        copy.handsOver = true;
        return machine.writer().write(() -> {});
    }

    @Override
    public void onHighWatermark(LogId id, long offset) {
        SimulatedCopy copy = copy(id);
        boolean leads = copy.leadingEpoch >= 0;
        long from = Math.max(
                Math.min(copy.committedBefore, offset), copy.log().start().offset());
        if (offset > from) {
            copy.partition().invariants().forEach(i -> i.committed(copy, from, offset, copy.leadingEpoch));
        }
        copy.committedBefore = offset;
        copy.highWatermarkCheckpoint = offset;
        if (leads) {
            copy.committedTold = true;
            acknowledge(copy, offset);
        }
    }

    @Override
    public void onHeld(LogId id, long offset) {
        SimulatedCopy copy = copy(id);
        held(copy, offset, copy.partition().assignment().size());
    }

    @Override
    public void onInSync(LogId id, int epoch, List<Integer> inSyncReplicas) {
        simulation.trace(machine.broker(), "p" + id.partition() + " in sync " + inSyncReplicas);
        SimulatedCopy copy = copy(id);
        if (!copy.log().voters().ids().containsAll(inSyncReplicas)) {
            throw simulation.agenda().broken(new AssertionError("in sync " + inSyncReplicas + " of " + copy));
        }
        copy.inSyncTold = inSyncReplicas;
    }

    @Override
    public void onVoters(LogId id, int epoch, List<Integer> voters) {
        simulation.trace(machine.broker(), "p" + id.partition() + " voters " + voters);
        copy(id).votersTold = voters;
    }

    @Override
    public void onOffline(LogId id, String reason) {
        if (!machine.disk().hasFailed()) {
            throw simulation
                    .agenda()
                    .broken(new AssertionError(
                            "a replica went offline: " + id.partition() + " on " + machine.broker() + ": " + reason));
        }
    }

    /** What a leader says that so many voters hold, their disks do. */
    private void held(SimulatedCopy leader, long offset, int atLeast) {
        if (simulation.losesUnflushed() || offset == 0) {
            return;
        }
        Entry last = leader.log().at(offset - 1);
        int holders = 0;
        for (SimulatedCopy copy : leader.partition().copies) {
            boolean voter = leader.log().voters().contains(copy.id());
            boolean holds = last != null
                    && last.equals(copy.log().at(offset - 1))
                    && copy.log().flushedEnd() >= offset;
            if (voter && (holds || copy.log().start().offset() >= offset || !copy.trustsItself())) {
                holders++;
            }
        }
        if (last != null && holders < atLeast) {
            throw simulation
                    .agenda()
                    .broken(new AssertionError(
                            "held by " + holders + " of " + atLeast + " at " + offset + ": " + leader));
        }
    }
}
