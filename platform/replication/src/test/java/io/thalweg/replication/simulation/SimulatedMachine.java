package io.thalweg.replication.simulation;

import io.thalweg.environment.Environment;
import io.thalweg.log.Durability;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.node.ReplicationNode;
import io.thalweg.replication.promise.Boot;
import io.thalweg.replication.promise.PromiseStore;
import io.thalweg.replication.promise.ReplicaState;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A machine with a disk and, most of the time, a process with a real {@link ReplicationNode} on it. */
final class SimulatedMachine implements SimulatedLinks.End {

    /** How often a broker looks whether its disk answers. */
    private static final long WATCH_MICROS = 50_000;

    /** More than any replica forgot. */
    private static final int EPOCHS_SKIPPED = 1 << 16;

    private final int broker;
    private final NodesSimulation simulation;
    private final SplittableRandom random;
    private final Map<LogId, SimulatedCopy> copies = new LinkedHashMap<>();

    // The machine.
    private final SimulatedDisk disk;
    private int boot;

    // The process.
    private final SimulatedProcess process;
    private final SimulatedBroker clients;
    private @Nullable ReplicationNode node;
    private @Nullable SimulatedWriter writer;
    private @Nullable PromiseStore promises;

    /** It hands over, and opens nothing any more. */
    private boolean stopping;

    SimulatedMachine(int broker, NodesSimulation simulation, SplittableRandom random) {
        this.broker = broker;
        this.simulation = simulation;
        this.random = random;
        this.disk = new SimulatedDisk(simulation, random);
        this.process = new SimulatedProcess(this, simulation);
        this.clients = new SimulatedBroker(this, simulation);
    }

    int broker() {
        return broker;
    }

    @Override
    public boolean isUp() {
        return node != null;
    }

    SimulatedDisk disk() {
        return disk;
    }

    ReplicationNode node() {
        return Objects.requireNonNull(node);
    }

    SimulatedWriter writer() {
        return Objects.requireNonNull(writer);
    }

    PromiseStore promises() {
        return Objects.requireNonNull(promises);
    }

    /** One more with each start and each end. */
    int incarnation() {
        return process.incarnation();
    }

    Map<LogId, SimulatedCopy> copies() {
        return copies;
    }

    boolean breaks(NodesBrokenRule rule) {
        return simulation.breaks(rule);
    }

    // ---- life

    void start() {
        process.start();
        int of = process.incarnation();
        disk.repair();
        stopping = false;
        writer = new SimulatedWriter(simulation.agenda(), disk::flushMicros, process::whenRunning, disk::findsNoSpace);
        try {
            promises = PromiseStore.open(
                    disk.promiseFiles(),
                    SimulatedDisk.DIRECTORY,
                    boot(),
                    stored(),
                    this::onDisk,
                    task -> process.whileUp(0, of, task));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        if (promises.lostTrust()) {
            copies.values().forEach(copy -> copy.trust(false));
        }
        Environment environment =
                new Environment(process.clock(random.nextLong()), process.timers(), random.split(), disk.files());
        node = new ReplicationNode(
                broker, of, environment, simulation.config(), simulation.links().of(broker), clients);
        for (SimulatedCopy copy : List.copyOf(copies.values())) {
            open(copy);
        }
    }

    private void onDisk(Runnable task) {
        Runnable begun = disk.begin(task);
        process.whileUp(disk.flushMicros(), begun);
    }

    private Set<LogId> stored() {
        return copies.values().stream()
                .filter(SimulatedCopy::isStored)
                .map(copy -> copy.partition().id())
                .collect(Collectors.toSet());
    }

    private Boot boot() {
        String id = breaks(NodesBrokenRule.TRUST_AFTER_POWER_CUT) ? "always the same" : "boot " + boot;
        return new Boot(id, simulation.losesUnflushed() ? Durability.OS : Durability.FSYNC);
    }

    private void open(SimulatedCopy copy) {
        int of = process.incarnation();
        if (simulation.losesUnflushed() || breaks(NodesBrokenRule.FETCHED_COUNTS_UNFLUSHED)) {
            copy.log().reportUnflushed();
        }
        LogId id = copy.partition().id();
        ReplicaState state = promises().state(id);
        if (state == null) {
            // What its log does not say it may have promised to somebody else; who decides alone asked nobody.
            boolean alone = copy.log().voters().ids().equals(Set.of(broker));
            copy.trust(copy.trustsItself()
                    && (alone || !promises().lost(id) || breaks(NodesBrokenRule.TRUST_WITHOUT_PROMISES)));
            int skipped = promises().lost(id) ? EPOCHS_SKIPPED : 0;
            EpochPromise promised = new EpochPromise(copy.log().end().epoch() + skipped, EpochPromise.NOBODY);
            ReplicaState first =
                    new ReplicaState(promised, copy.trustsItself(), copy.log().voters());
            promises().put(id, first).onSuccess(kept -> {
                if (process.incarnation() == of && !stopping && copies.containsKey(id)) {
                    open(copy, first);
                }
            });
        } else {
            open(copy, state);
        }
    }

    private void open(SimulatedCopy copy, ReplicaState state) {
        LogId id = copy.partition().id();
        SimulatedStore store = new SimulatedStore(id, this, copy.log());
        copy.store(store);
        int preference = Math.max(0, copy.partition().assignment().indexOf(broker));
        node().open(id, store, state.promise(), state.trusted(), copy.highWatermarkCheckpoint, preference);
        node().hint(id, copy.partition().assignment());
        if (copy.partition().id().partition() % 4 == 1) {
            node().holders(id, copy.partition().assignment().size());
        }
    }

    /** A copy of a partition comes here. */
    void host(SimulatedPartition partition, boolean trusted) {
        if (!copies.containsKey(partition.id())) {
            SimulatedCopy copy = new SimulatedCopy(broker, partition, trusted, partition.initial());
            copies.put(partition.id(), copy);
            partition.copies.add(copy);
            if (isUp() && !stopping) {
                open(copy);
            }
        }
    }

    /** The copy goes away with its data. */
    void drop(SimulatedPartition partition) {
        SimulatedCopy copy = copies.remove(partition.id());
        if (copy != null) {
            partition.copies.remove(copy);
            copy.forget();
            node().close(partition.id());
            promises().forget(partition.id());
        }
    }

    /** kill -9: what was written stays written. */
    void kill() {
        end();
        disk.processKilled();
        if (!simulation.losesUnflushed()) {
            copies.values().forEach(copy -> copy.log().forced(copy.log().end().offset()));
        }
        simulation.links().gone(broker, 3_000);
    }

    /** The machine goes down: what was not flushed may be gone. */
    void cutPower() {
        Runnable torn = disk.torn();
        end();
        disk.cutPower(torn);
        boot++;
        for (SimulatedCopy copy : copies.values()) {
            copy.log().cutPower(random);
            if (simulation.losesUnflushed()) {
                copy.trust(false);
                copy.highWatermarkCheckpoint = 0;
            }
        }
        simulation.links().gone(broker, 2_000_000);
    }

    private void end() {
        writer().die(random);
        node = null;
        process.end();
        disk.processEnded();
        copies.values().forEach(SimulatedCopy::forget);
    }

    boolean isPaused() {
        return process.isPaused();
    }

    /** Nothing of what happens reaches the process, and its clock goes on. */
    void pause(long micros) {
        process.pause(micros);
    }

    void resume() {
        process.resume();
    }

    /** Hands over what it leads, and ends. */
    void stop(Runnable stopped) {
        int of = process.incarnation();
        if (stopping) {
            return;
        }
        stopping = true;
        node().handOver(Duration.ofSeconds(1)).onComplete(done -> {
            if (process.incarnation() == of && isUp()) {
                node().close();
                promises().close(true).onComplete(closed -> {
                    if (process.incarnation() == of && isUp()) {
                        kill();
                        stopped.run();
                    }
                });
            }
        });
    }

    /** The disk was replaced. */
    void wipe() {
        disk.replace();
        for (SimulatedCopy copy : copies.values()) {
            copy.wipe(copy.partition().initial());
            copy.trust(breaks(NodesBrokenRule.TRUST_A_WIPED_DISK));
            copy.partition().invariants().forEach(i -> i.lost(copy));
        }
    }

    /** Somebody deletes the file of promises, and leaves the logs. */
    void losePromises() {
        disk.deletePromises();
        for (SimulatedCopy copy : copies.values()) {
            copy.losePromise();
            copy.partition().invariants().forEach(i -> i.lost(copy));
        }
    }

    void failDisk() {
        disk.fail();
        writer().failDisk();
    }

    /** Whatever is written now is flushed after that; the broker notices after a while, and lets others lead. */
    void hangDisk(long micros) {
        disk.hang(micros);
        watchDisk(simulation.nowMicros());
    }

    private void watchDisk(long sinceMicros) {
        process.whileUp(WATCH_MICROS, () -> {
            if (disk.hangs()) {
                if (simulation.nowMicros() - sinceMicros
                        > 2_000L * simulation.config().silenceMillis()) {
                    simulation.step(this, () -> node().resignLeaderships());
                }
                watchDisk(sinceMicros);
            }
        });
    }

    // ---- what the network says

    @Override
    public void onFrame(int from, Buffer frame) {
        process.whenRunning(() -> simulation.step(this, () -> node().onFrame(from, frame)));
    }

    @Override
    public void peerUp(int peer) {
        process.whenRunning(() -> simulation.step(this, () -> node().peerUp(peer)));
    }

    @Override
    public void peerDown(int peer) {
        process.whenRunning(() -> simulation.step(this, () -> node().peerDown(peer)));
    }

    // ---- what stores ask

    long nextValue() {
        return simulation.nextValue();
    }

    void promised(LogId id, EpochPromise promise) {
        SimulatedCopy copy = copies.get(id);
        if (copy != null) {
            copy.promised = promise;
            copy.partition().invariants().forEach(i -> i.promised(copy, promise.epoch(), promise.votedFor()));
        }
    }

    void appends(LogId id, int epoch) {
        SimulatedCopy copy = copies.get(id);
        if (copy != null) {
            copy.partition().invariants().forEach(i -> i.appended(copy, epoch, copy.promised.epoch()));
        }
    }

    void trusts(LogId id) {
        SimulatedCopy copy = copies.get(id);
        if (copy != null) {
            copy.trust(true);
        }
    }

    /** With durability {@code os} there is nothing to wait for, and what is staged is not shown. */
    boolean losesUnflushed() {
        return simulation.losesUnflushed();
    }

    /** From a client's request to the log writer's queue. */
    void onItsWay(Runnable task) {
        long micros = random.nextInt(20) == 0 ? random.nextLong(100_000) : random.nextLong(300);
        process.whileUp(micros, task);
    }

    /** From the log writer to the replication loop, before anything that it says later. */
    void soon(Runnable task) {
        process.whileUp(1 + random.nextLong(50), task);
    }

    /** The replica is told that its store ends elsewhere. */
    void told(LogId id) {
        simulation.step(this, () -> node().onAppended(id));
    }

    void stagedLost(LogId id) {
        if (!breaks(NodesBrokenRule.REPLACES_WHAT_WAS_SHOWN)) {
            simulation.step(this, () -> node().onStagedLost(id));
        }
    }

    boolean handsOver(LogId id) {
        SimulatedCopy copy = copies.get(id);
        return copy == null || copy.handsOver;
    }

    void afterRead(Runnable read) {
        process.whileUp(disk.readMicros(), () -> simulation.step(this, read));
    }

    // ---- clients

    void produce(SimulatedPartition partition) {
        clients.produce(partition);
    }

    Future<Void> changeVoters(SimulatedPartition partition, Voters next) {
        return node().changeVoters(partition.id(), next);
    }

    /** Retention, on each replica for itself. */
    void forgetBelow(SimulatedCopy copy, long offset) {
        if (isUp()) {
            ReplicaView view = node().view(copy.partition().id());
            if (view != null) {
                copy.log().startAt(Math.min(offset, view.highWatermark()));
            }
        }
    }

    /** As it was last answered for. */
    EpochPromise promised(SimulatedPartition partition) {
        return Objects.requireNonNull(copies.get(partition.id())).promised;
    }

    @Nullable
    ReplicaView view(SimulatedPartition partition) {
        return node == null ? null : node.view(partition.id());
    }

    @Override
    public String toString() {
        return "machine " + broker + (isUp() ? " up " : " down ") + copies.values();
    }
}
