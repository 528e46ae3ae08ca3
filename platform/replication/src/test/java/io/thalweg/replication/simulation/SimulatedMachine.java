package io.thalweg.replication.simulation;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.environment.Timers;
import io.thalweg.log.Durability;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.PeerLink;
import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.node.ReplicationListener;
import io.thalweg.replication.node.ReplicationNode;
import io.thalweg.replication.promise.Boot;
import io.thalweg.replication.promise.PromiseStore;
import io.thalweg.replication.promise.ReplicaState;
import io.thalweg.testkit.InMemoryFileSystem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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

    private static final Path DIRECTORY = Path.of("/data");

    /** How often a broker looks whether its disk answers. */
    private static final long WATCH_MICROS = 50_000;

    /** More than any replica forgot. */
    private static final int EPOCHS_SKIPPED = 1 << 16;

    private final int broker;
    private final NodesSimulation simulation;
    private final SplittableRandom random;
    private final Map<LogId, SimulatedCopy> copies = new LinkedHashMap<>();

    // The machine.
    private InMemoryFileSystem files = InMemoryFileSystem.with(DIRECTORY);
    private int boot;
    private long slowUntilMicros;
    private long hungUntilMicros;

    // The process.
    private int incarnation;
    private @Nullable ReplicationNode node;
    private @Nullable SimulatedWriter writer;
    private @Nullable PromiseStore promises;
    private boolean diskFailed;

    /** It hands over, and opens nothing any more. */
    private boolean stopping;

    private final Deque<Runnable> diskTasks = new ArrayDeque<>();

    /** It stands still, as one that was sent SIGSTOP; what happens to it meanwhile waits here. */
    private boolean paused;

    private final Deque<Runnable> whenRunning = new ArrayDeque<>();

    SimulatedMachine(int broker, NodesSimulation simulation, SplittableRandom random) {
        this.broker = broker;
        this.simulation = simulation;
        this.random = random;
    }

    int broker() {
        return broker;
    }

    @Override
    public boolean isUp() {
        return node != null;
    }

    boolean diskFailed() {
        return diskFailed;
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

    Map<LogId, SimulatedCopy> copies() {
        return copies;
    }

    boolean breaks(NodesBrokenRule rule) {
        return simulation.breaks(rule);
    }

    // ---- life

    void start() {
        incarnation++;
        int of = incarnation;
        diskFailed = false;
        stopping = false;
        writer = new SimulatedWriter(simulation.agenda(), this::flushMicros, this::whenRunning);
        try {
            promises = PromiseStore.open(
                    fileSystem(), DIRECTORY, boot(), stored(), this::onDisk, task -> whileUp(0, of, task));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        if (promises.lostTrust()) {
            copies.values().forEach(copy -> copy.trust(false));
        }
        Environment environment = new Environment(clock(), timers(of), random.split(), files);
        node = new ReplicationNode(broker, incarnation, environment, simulation.config(), link(), new Listener());
        for (SimulatedCopy copy : List.copyOf(copies.values())) {
            open(copy);
        }
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

    private FileSystem fileSystem() {
        return breaks(NodesBrokenRule.PROMISES_IN_THE_PAGE_CACHE) ? new UnflushedFileSystem(files) : files;
    }

    private void open(SimulatedCopy copy) {
        int of = incarnation;
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
                if (incarnation == of && !stopping && copies.containsKey(id)) {
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
        files.killProcess();
        if (!simulation.losesUnflushed()) {
            copies.values().forEach(copy -> copy.log().forced(copy.log().end().offset()));
        }
        simulation.links().gone(broker, 3_000);
    }

    /** The machine goes down: what was not flushed may be gone. */
    void cutPower() {
        boolean tears = !diskTasks.isEmpty() && random.nextBoolean();
        List<Runnable> torn = List.copyOf(diskTasks);
        end();
        if (tears) {
            files.powerOffAfter(random.nextInt(3));
            torn.get(0).run();
        }
        files.crash(random.nextLong());
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
        incarnation++;
        diskTasks.clear();
        whenRunning.clear();
        paused = false;
        copies.values().forEach(SimulatedCopy::forget);
    }

    boolean isPaused() {
        return paused;
    }

    /** Nothing of what happens reaches the process, and its clock goes on. */
    void pause(long micros) {
        if (!paused) {
            paused = true;
            int of = incarnation;
            simulation.agenda().after(micros, () -> {
                if (incarnation == of) {
                    resume();
                }
            });
        }
    }

    void resume() {
        paused = false;
        while (!paused && !whenRunning.isEmpty()) {
            whenRunning.poll().run();
        }
    }

    /** In the order in which it happened. */
    private void whenRunning(Runnable task) {
        if (paused || !whenRunning.isEmpty()) {
            whenRunning.add(task);
        } else {
            task.run();
        }
    }

    /** Hands over what it leads, and ends. */
    void stop(Runnable stopped) {
        int of = incarnation;
        if (stopping) {
            return;
        }
        stopping = true;
        node().handOver(Duration.ofSeconds(1)).onComplete(done -> {
            if (incarnation == of && isUp()) {
                node().close();
                promises().close(true).onComplete(closed -> {
                    if (incarnation == of && isUp()) {
                        kill();
                        stopped.run();
                    }
                });
            }
        });
    }

    /** The disk was replaced. */
    void wipe() {
        files = InMemoryFileSystem.with(DIRECTORY);
        for (SimulatedCopy copy : copies.values()) {
            copy.wipe(copy.partition().initial());
            copy.trust(breaks(NodesBrokenRule.TRUST_A_WIPED_DISK));
            copy.partition().invariants().forEach(i -> i.lost(copy));
        }
    }

    /** Somebody deletes the file of promises, and leaves the logs. */
    void losePromises() {
        try {
            files.delete(DIRECTORY.resolve(PromiseStore.FILE));
            files.syncDirectory(DIRECTORY);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        for (SimulatedCopy copy : copies.values()) {
            copy.losePromise();
            copy.partition().invariants().forEach(i -> i.lost(copy));
        }
    }

    void failDisk() {
        diskFailed = true;
        writer().failDisk();
    }

    void slowDisk(long micros) {
        slowUntilMicros = simulation.nowMicros() + micros;
    }

    /** Whatever is written now is flushed after that; the broker notices after a while, and lets others lead. */
    void hangDisk(long micros) {
        hungUntilMicros = simulation.nowMicros() + micros;
        watchDisk(simulation.nowMicros(), incarnation);
    }

    private void watchDisk(long sinceMicros, int of) {
        whileUp(WATCH_MICROS, of, () -> {
            long now = simulation.nowMicros();
            if (now < hungUntilMicros) {
                if (now - sinceMicros > 2_000L * simulation.config().silenceMillis()) {
                    simulation.step(this, () -> node().resignLeaderships());
                }
                watchDisk(sinceMicros, of);
            }
        });
    }

    // ---- what the process is given

    private long flushMicros() {
        boolean slow = simulation.nowMicros() < slowUntilMicros;
        boolean stalls = random.nextInt(200) == 0;
        return Math.max(0, hungUntilMicros - simulation.nowMicros())
                + 100
                + random.nextLong(800)
                + (slow || stalls ? random.nextLong(300_000) : 0);
    }

    private void onDisk(Runnable task) {
        int of = incarnation;
        diskTasks.add(task);
        whileUp(flushMicros(), of, () -> {
            diskTasks.remove(task);
            if (diskFailed) {
                files.failNextForce();
            }
            task.run();
        });
    }

    private void whileUp(long micros, int of, Runnable task) {
        simulation.agenda().after(micros, () -> {
            if (incarnation == of) {
                whenRunning(task);
            }
        });
    }

    private Clock clock() {
        long origin = simulation.clockOrigin(random.nextLong());
        return new Clock() {
            @Override
            public long wallMillis() {
                return simulation.nowMicros() / 1_000;
            }

            @Override
            public long monotonicNanos() {
                return origin + simulation.nowMicros() * 1_000;
            }
        };
    }

    private Timers timers(int of) {
        return (delayMillis, task) -> {
            boolean[] cancelled = {false};
            whileUp(delayMillis * 1_000, of, () -> {
                if (!cancelled[0]) {
                    simulation.step(this, task);
                }
            });
            return () -> cancelled[0] = true;
        };
    }

    private PeerLink link() {
        return new PeerLink() {
            @Override
            public void send(int to, Buffer frame) {
                simulation.links().send(broker, to, frame);
            }

            @Override
            public boolean isUp(int to) {
                return simulation.links().isUp(broker, to);
            }
        };
    }

    // ---- what the network says

    @Override
    public void onFrame(int from, Buffer frame) {
        whenRunning(() -> simulation.step(this, () -> node().onFrame(from, frame)));
    }

    @Override
    public void peerUp(int peer) {
        whenRunning(() -> simulation.step(this, () -> node().peerUp(peer)));
    }

    @Override
    public void peerDown(int peer) {
        whenRunning(() -> simulation.step(this, () -> node().peerDown(peer)));
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

    /** The log writer has flushed, or, with durability {@code os}, only written. */
    void written(SimulatedLog log) {
        if (simulation.losesUnflushed()) {
            long upTo = log.end().offset();
            simulation
                    .agenda()
                    .after(1_000_000, () -> log.forced(Math.min(upTo, log.end().offset())));
        } else {
            log.forced(log.end().offset());
        }
    }

    boolean readsFromDisk() {
        return random.nextInt(8) == 0;
    }

    /** From a client's request to the log writer's queue. */
    void onItsWay(Runnable task) {
        long micros = random.nextInt(20) == 0 ? random.nextLong(100_000) : random.nextLong(300);
        whileUp(micros, incarnation, task);
    }

    boolean handsOver(LogId id) {
        SimulatedCopy copy = copies.get(id);
        return copy == null || copy.handsOver;
    }

    void afterRead(Runnable read) {
        int of = incarnation;
        whileUp(1 + random.nextLong(20_000), of, () -> simulation.step(this, read));
    }

    // ---- clients

    void produce(SimulatedPartition partition) {
        SimulatedCopy copy = copies.get(partition.id());
        if (copy == null || copy.store == null || copy.leadingEpoch < 0 || copy.handsOver || diskFailed || paused) {
            return;
        }
        int of = incarnation;
        Entry entry = new Entry(copy.leadingEpoch, simulation.nextValue(), null);
        copy.store
                .append(entry, () -> copy.unacknowledged.put(copy.log().end().offset() - 1, entry))
                .onSuccess(appended -> {
                    if (incarnation == of) {
                        if (copy.leadingEpoch == entry.epoch()) {
                            // A producer that waits for the leader alone is told so.
                            partition.appended.add(entry.value());
                        }
                        if (breaks(NodesBrokenRule.ACKNOWLEDGE_ON_THE_LEADER)) {
                            acknowledge(copy, copy.log().end().offset());
                        }
                        simulation.step(this, () -> node().onAppended(partition.id()));
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

    /** The broker: keeps who leads, and tells producers. */
    private final class Listener implements ReplicationListener {

        @Override
        public void onLeader(LogId id, int epoch, int leader) {
            SimulatedCopy copy = Objects.requireNonNull(copies.get(id));
            simulation.trace(broker, copy.partition() + " epoch " + epoch + " led by " + leader);
            if (leader == broker) {
                if (copy.leadingEpoch != epoch) {
                    copy.partition().elections++;
                    copy.partition().invariants().forEach(i -> i.led(copy, epoch));
                    simulation.led(copy.partition(), broker);
                }
                copy.led(epoch);
            } else {
                copy.led(-1);
                copy.unacknowledged.clear();
            }
        }

        @Override
        public Future<Void> onHandOver(LogId id, int epoch) {
            SimulatedCopy copy = Objects.requireNonNull(copies.get(id));
            copy.handsOver = true;
            return writer().write(() -> {});
        }

        @Override
        public void onHighWatermark(LogId id, long offset) {
            SimulatedCopy copy = Objects.requireNonNull(copies.get(id));
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
            SimulatedCopy copy = Objects.requireNonNull(copies.get(id));
            simulation.held(copy, offset, copy.partition().assignment().size());
        }

        @Override
        public void onInSync(LogId id, int epoch, List<Integer> inSyncReplicas) {
            simulation.trace(broker, "p" + id.partition() + " in sync " + inSyncReplicas);
            SimulatedCopy copy = Objects.requireNonNull(copies.get(id));
            if (!copy.log().voters().ids().containsAll(inSyncReplicas)) {
                throw simulation.agenda().broken(new AssertionError("in sync " + inSyncReplicas + " of " + copy));
            }
            copy.inSyncTold = inSyncReplicas;
        }

        @Override
        public void onVoters(LogId id, int epoch, List<Integer> voters) {
            simulation.trace(broker, "p" + id.partition() + " voters " + voters);
            Objects.requireNonNull(copies.get(id)).votersTold = voters;
        }

        @Override
        public void onOffline(LogId id, String reason) {
            if (!diskFailed) {
                throw simulation
                        .agenda()
                        .broken(new AssertionError(
                                "a replica went offline: " + id.partition() + " on " + broker + ": " + reason));
            }
        }
    }

    @Override
    public String toString() {
        return "machine " + broker + (isUp() ? " up " : " down ") + copies.values();
    }
}
