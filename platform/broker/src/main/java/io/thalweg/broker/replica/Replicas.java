package io.thalweg.broker.replica;

import io.thalweg.broker.partition.AckTimeouts;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.storage.Deliveries;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.environment.Environment;
import io.thalweg.log.Append;
import io.thalweg.log.EpochOffset;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.thalweg.log.LogView;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.VotersAt;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.PeerLink;
import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.node.ReplicationConfig;
import io.thalweg.replication.node.ReplicationListener;
import io.thalweg.replication.node.ReplicationNode;
import io.thalweg.replication.promise.PromiseStore;
import io.thalweg.replication.promise.ReplicaState;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated partitions of this node: opened as the metadata assigns them, dropped when it takes them away, and told what
 * replication decides. {@link #open}, {@link #close} and {@link #drop} may be called from any thread; the rest is confined to
 * the replication loop.
 */
public final class Replicas implements ReplicationListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(Replicas.class);

    /** Where a log begins that holds nothing, and never did. */
    private static final EpochOffset NOTHING = new EpochOffset(-1, 0);

    /**
     * Who decides alone and forgot in which epochs it led begins behind them: one that led nothing but its own log took one with
     * each start of its process, and leaves no record of it. One that forgets twice takes the same epochs again if it appended
     * nothing between: then it acknowledged nothing in them either.
     */
    private static final int EPOCHS_SKIPPED = 1 << 16;

    /** Told on the loop, behind the partition itself. */
    public interface Observer {

        /** Somebody leads, or nobody ({@code leader} -1). */
        default void onLeader(Partition partition, LogId id, int epoch, int leader) {}

        /** This node leads and its epoch is committed, so that its log holds all that was ever committed below that. */
        default void onSettled(Partition partition, LogId id, int epoch) {}

        /** More is committed. */
        default void onHighWatermark(Partition partition, LogId id, long offset) {}

        /** Of a partition that this node leads: who holds all that is committed. */
        default void onInSync(Partition partition, LogId id, int epoch, List<Integer> inSyncReplicas) {}

        /** Of a partition that this node leads: who decides. */
        default void onVoters(Partition partition, LogId id, int epoch, List<Integer> voters) {}

        /** It is not replicated here any more. */
        default void onClosed(Partition partition, LogId id) {}
    }

    /**
     * A replica to be opened.
     *
     * @param firstVoters who decided when the partition was made: asked for while its log names nobody
     * @param assigned who holds it now, as the metadata has it
     * @param others whom to ask who leads
     * @param trusted whether this disk held it from the first record on, unless it noted otherwise itself, or lost what it noted
     * @param preference its place among {@code assigned}, behind them if it is to be one of them
     * @param epochAtLeast under which it may have led before it was replicated
     * @param uncleanEpoch in which an operator let the only first voter decide alone; 0 if none did
     */
    public record Opening(
            LogId id,
            Partition partition,
            Collection<Integer> firstVoters,
            Collection<Integer> assigned,
            Collection<Integer> others,
            boolean trusted,
            int preference,
            int epochAtLeast,
            int uncleanEpoch) {}

    /**
     * How far a replica is, for whoever must choose one.
     *
     * @param leader -1 if it follows nobody
     * @param trusted false if it has lost what it held
     * @param end of its log
     * @param voters who decides, as its log says
     */
    public record Standing(int epoch, int leader, boolean trusted, LogPosition end, Voters voters) {}

    private final int self;
    private final ContextInternal loop;
    private final LogDirectory directory;
    private final StoragePool storage;
    private final PromiseStore promises;
    private final AckTimeouts timeouts;
    private final ReplicaDisk disk;
    private final ReplicationNode node;
    private final DiskWatch watch;
    private final int successorMillis;

    // Confined to the loop.
    private final Map<LogId, PartitionReplica> open = new HashMap<>();
    /** The only replicas of their partitions, and they have lost records: closed until an operator says that it must do. */
    private final Map<LogId, PartitionReplica> lost = new HashMap<>();
    /** What is under way for a partition, so that it is not opened before what was before it is gone. */
    private final Map<LogId, Future<Void>> work = new HashMap<>();

    private @Nullable Deliveries deliveries;
    private List<Observer> observers = List.of();
    private boolean closed;

    /** @param environment its timers run on the loop */
    public Replicas(
            int self,
            int incarnation,
            ContextInternal loop,
            Environment environment,
            ReplicationConfig config,
            PeerLink link,
            LogDirectory directory,
            LogWriter writer,
            StoragePool storage,
            PromiseStore promises) {
        this.self = self;
        this.loop = loop;
        this.directory = directory;
        this.storage = storage;
        this.promises = promises;
        this.timeouts = new AckTimeouts(environment.clock(), environment.timers());
        this.node = new ReplicationNode(self, incarnation, environment, config, link, this);
        this.disk = new ReplicaDisk(
                self,
                loop,
                environment.clock(),
                environment.timers(),
                directory,
                writer,
                storage,
                promises,
                node::onAppended,
                node::onStagedLost);
        this.successorMillis = config.successorMillis();
        // As long as a leader waits for a majority: a disk that is silent is no better than peers that are.
        this.watch = new DiskWatch(
                environment.clock(), environment.timers(), directory, promises, node, 2 * config.silenceMillis());
    }

    /** Before anything is opened. */
    public void observers(List<Observer> all) {
        observers = List.copyOf(all);
    }

    public void start() {
        timeouts.start();
        watch.start();
    }

    /** What decides; for what is asked of the replicas that this node leads. Only on the loop. */
    public ReplicationNode node() {
        return node;
    }

    public ContextInternal loop() {
        return loop;
    }

    // ---- opening and closing

    /**
     * Takes a replica in, or notes that its assignment has changed; completes when it takes part. Fails, and logs, if its log
     * cannot be read.
     *
     * @param begin whether it may begin here; else only one is opened that this disk held before
     */
    public Future<Void> open(Opening opening, boolean begin) {
        return onLoop(opening.id(), () -> {
            if (open.containsKey(opening.id()) && !isOverruled(opening, promises.state(opening.id()))) {
                node.hint(opening.id(), opening.others());
                node.prefer(opening.id(), opening.preference());
                demand(opening.id());
                return loop.succeededFuture();
            }
            if (!begin && promises.state(opening.id()) == null) {
                return loop.succeededFuture();
            }
            if (open.containsKey(opening.id())) {
                opening.partition().resign("an operator has made another choice");
                closeNow(opening.id());
            }
            return onDisk(() -> opening.partition().log().open())
                    .compose(nothing -> state(opening))
                    .compose(state -> repaired(opening, state))
                    .compose(state -> overruled(opening, state))
                    .compose(state -> takeIn(opening, state))
                    .onFailure(failure -> LOGGER.atError()
                            .setMessage("a replica cannot be opened; its partition is offline on this node")
                            .addKeyValue("partition", opening.partition().name())
                            .setCause(failure)
                            .log());
        });
    }

    /** It takes part no more; its data and its promises stay. */
    public Future<Void> close(LogId id) {
        return onLoop(id, () -> {
            closeNow(id);
            return loop.succeededFuture();
        });
    }

    /** It takes part no more, and what it kept is deleted: the metadata says that it is somewhere else, or nowhere. */
    public Future<Void> drop(LogId id) {
        return onLoop(id, () -> {
            closeNow(id);
            return disk.barrier()
                    .compose(passed -> onDisk(() -> directory.delete(id)))
                    .compose(deleted -> promises.forget(id))
                    .onFailure(failure -> LOGGER.atWarn()
                            .setMessage("a replica's data stays until the node starts again")
                            .addKeyValue("partition", id)
                            .addKeyValue("error", failure.toString())
                            .log());
        });
    }

    /** Nothing is decided any more. */
    public Future<Void> close() {
        return loop.executeBlocking(() -> true).transform(ignored -> {
            closed = true;
            timeouts.close();
            watch.close();
            node.close();
            open.clear();
            lost.clear();
            return Future.succeededFuture();
        });
    }

    private void closeNow(LogId id) {
        lost.remove(id);
        PartitionReplica replica = open.remove(id);
        if (replica != null) {
            node.close(id);
            replica.partition().log().onStaged(null);
            observers.forEach(observer -> observer.onClosed(replica.partition(), id));
        }
    }

    /** One thing after the other for each partition. */
    private Future<Void> onLoop(LogId id, Supplier<Future<Void>> step) {
        io.vertx.core.Promise<Void> done = loop.promise();
        loop.runOnContext(nothing -> {
            Future<Void> before = work.get(id);
            Future<Void> after = (before == null ? loop.<Void>succeededFuture() : before)
                    .transform(ended -> closed ? loop.<Void>failedFuture("the node is closing") : step.get());
            work.put(id, after);
            after.onComplete(outcome -> {
                if (work.get(id) == after) {
                    work.remove(id);
                }
                done.handle(outcome);
            });
        });
        return done.future();
    }

    /** What was noted of it, or what is noted now, durably. */
    private Future<ReplicaState> state(Opening opening) {
        ReplicaState known = promises.state(opening.id());
        if (known != null) {
            return loop.succeededFuture(known);
        }
        int epoch = Math.max(
                Math.max(opening.epochAtLeast(), opening.partition().log().leaderEpoch()),
                opening.trusted() ? 0 : opening.uncleanEpoch());
        boolean trusted = opening.trusted() && !hasForgotten(opening);
        if (trusted && isReplicatedLog(opening) && promises.lost(opening.id())) {
            epoch += EPOCHS_SKIPPED;
        }
        // Who lost its disk does not know who decides; who made the partition alone may be one of many by now.
        Collection<Integer> voters = opening.trusted() ? opening.firstVoters() : opening.assigned();
        ReplicaState fresh =
                new ReplicaState(new EpochPromise(Math.max(0, epoch), EpochPromise.NOBODY), trusted, Voters.of(voters));
        return promises.put(opening.id(), fresh).map(fresh);
    }

    /** Whether it may have voted for somebody and does not know. Who decides alone never asked anybody. */
    private boolean hasForgotten(Opening opening) {
        return promises.lost(opening.id())
                && !isAlone(
                        Voters.of(opening.firstVoters()),
                        opening.partition().log().view());
    }

    private static boolean isReplicatedLog(Opening opening) {
        return opening.partition().log().view().latestVoters() != null;
    }

    /** Gives up what the disk lost, once it is noted that something is missing. */
    private Future<ReplicaState> repaired(Opening opening, ReplicaState state) {
        PartitionLog log = opening.partition().log();
        long damagedFrom = log.damagedFrom();
        if (damagedFrom < 0) {
            return loop.succeededFuture(state);
        }
        LOGGER.atError()
                .setMessage("a replica has lost records; they are fetched from the others")
                .addKeyValue("partition", opening.partition().name())
                .addKeyValue("offset", damagedFrom)
                .log();
        return promises.trusted(opening.id(), false)
                .compose(noted -> disk.onWriter(() -> {
                    discardDamage(log, opening, state.voters());
                    return true;
                }))
                .map(cut -> new ReplicaState(state.promise(), false, state.voters()));
    }

    /** Who decides must not be forgotten with the records: this replica alone would do, and is not trusted with that. */
    private void discardDamage(PartitionLog log, Opening opening, Voters firstVoters) throws IOException {
        VotersAt known = log.view().latestVoters();
        if (known != null && known.offset() >= log.damagedFrom()) {
            log.restartAt(NOTHING, known.ids());
            return;
        }
        log.discardDamage();
        if (isAlone(firstVoters, log.view()) && opening.assigned().size() > 1) {
            log.restartAt(NOTHING, opening.assigned());
        }
    }

    private static boolean isOverruled(Opening opening, @Nullable ReplicaState state) {
        return state != null && state.promise().epoch() < opening.uncleanEpoch();
    }

    /**
     * An operator let one replica decide alone: that one says so in its log, and every other gives up what it has, because some
     * of it may be something else. What is noted last is that it was done; until then it is done again.
     */
    private Future<ReplicaState> overruled(Opening opening, ReplicaState state) {
        if (!isOverruled(opening, state)) {
            return loop.succeededFuture(state);
        }
        PartitionLog log = opening.partition().log();
        Voters voters = Voters.of(opening.firstVoters());
        boolean chosen = opening.trusted() && voters.contains(self);
        LOGGER.atWarn()
                .setMessage(
                        chosen
                                ? "an operator lets this replica lead, whatever the others hold"
                                : "an operator lets another replica lead; what this one holds is given up")
                .addKeyValue("partition", opening.partition().name())
                .addKeyValue("epoch", opening.uncleanEpoch())
                .addKeyValue("offset", log.logEndOffset())
                .log();
        EpochPromise promise = new EpochPromise(opening.uncleanEpoch(), EpochPromise.NOBODY);
        ReplicaState now = new ReplicaState(promise, chosen, voters);
        log.fence(promise.epoch());
        Future<Void> changed = chosen
                ? disk.append(
                        opening.partition(),
                        List.of(new Append(
                                log,
                                ControlRecords.voters(disk.nowMillis(), voters.ids()),
                                promise.epoch(),
                                AppendOrigin.COORDINATOR)))
                : promises.trusted(opening.id(), false)
                        .compose(noted -> disk.onWriter(() -> {
                            log.restartAt(NOTHING, voters.ids());
                            return true;
                        }))
                        .mapEmpty();
        return changed.compose(done -> promises.put(opening.id(), now)).map(now);
    }

    private Future<Void> takeIn(Opening opening, ReplicaState state) {
        Voters firstVoters = state.voters();
        Partition partition = opening.partition();
        if (!state.trusted() && isAlone(firstVoters, partition.log().view())) {
            lost.put(opening.id(), new PartitionReplica(opening.id(), partition, disk, firstVoters));
            return loop.failedFuture(
                    "the only replica has lost records and no other can give them back: partition=" + partition.name());
        }
        return disk.onWriter(() -> {
                    PartitionReplica replica = new PartitionReplica(opening.id(), partition, disk, firstVoters);
                    partition.open();
                    partition.replicate(replica, timeouts);
                    partition.log().onStaged(replica);
                    return replica;
                })
                .map(replica -> {
                    open.put(opening.id(), replica);
                    int epoch = Math.max(state.promise().epoch(), replica.end().epoch());
                    node.open(
                            opening.id(),
                            replica,
                            epoch == state.promise().epoch()
                                    ? state.promise()
                                    : new EpochPromise(epoch, EpochPromise.NOBODY),
                            state.trusted(),
                            partition.log().highWatermark(),
                            opening.preference());
                    node.hint(opening.id(), opening.others());
                    return null;
                });
    }

    private boolean isAlone(Voters firstVoters, LogView view) {
        VotersAt latest = view.latestVoters();
        return (latest == null ? firstVoters.ids() : latest.ids())
                .equals(Voters.of(List.of(self)).ids());
    }

    private Future<Void> onDisk(ReplicaDisk.Change change) {
        return storage.run(() -> {
                    change.run();
                    return true;
                })
                .mapEmpty();
    }

    // ---- what replication decides

    @Override
    public void onLeader(LogId id, int epoch, int leader) {
        PartitionReplica replica = open.get(id);
        if (replica != null) {
            replica.partition().onLeader(epoch, leader, leader == self);
            observers.forEach(observer -> observer.onLeader(replica.partition(), id, epoch, leader));
        }
    }

    @Override
    public Future<Void> onHandOver(LogId id, int epoch) {
        PartitionReplica replica = open.get(id);
        if (replica == null) {
            return loop.succeededFuture();
        }
        replica.partition().onHandOver();
        return disk.barrier();
    }

    @Override
    public void onHighWatermark(LogId id, long offset) {
        PartitionReplica replica = open.get(id);
        if (replica == null) {
            return;
        }
        Partition partition = replica.partition();
        boolean settles = partition.awaitsSettling();
        partition.onHighWatermark(offset, deliveries());
        if (settles) {
            int epoch = partition.state().leaderEpoch();
            observers.forEach(observer -> observer.onSettled(partition, id, epoch));
        }
        observers.forEach(observer -> observer.onHighWatermark(partition, id, offset));
    }

    /** What one turn of the loop has to tell goes out at its end, as one task for each event loop. */
    private Deliveries deliveries() {
        Deliveries collecting = deliveries;
        if (collecting == null) {
            Deliveries fresh = new Deliveries();
            deliveries = fresh;
            collecting = fresh;
            loop.runOnContext(nothing -> {
                deliveries = null;
                fresh.flush();
            });
        }
        return collecting;
    }

    @Override
    public void onInSync(LogId id, int epoch, List<Integer> inSyncReplicas) {
        PartitionReplica replica = open.get(id);
        if (replica != null) {
            replica.partition().onInSync(inSyncReplicas.size());
            observers.forEach(observer -> observer.onInSync(replica.partition(), id, epoch, inSyncReplicas));
        }
    }

    @Override
    public void onVoters(LogId id, int epoch, List<Integer> voters) {
        PartitionReplica replica = open.get(id);
        if (replica != null) {
            demand(id);
            observers.forEach(observer -> observer.onVoters(replica.partition(), id, epoch, voters));
        }
    }

    /** {@code min.insync.replicas} can ask for more than a majority. */
    private void demand(LogId id) {
        PartitionReplica replica = open.get(id);
        if (replica != null) {
            int wanted = replica.partition().minInSyncReplicas();
            replica.partition().demand(wanted > replica.voters().majority());
            node.holders(id, wanted);
        }
    }

    @Override
    public void onHeld(LogId id, long offset) {
        PartitionReplica replica = open.get(id);
        if (replica != null) {
            replica.partition().onHeld(offset, deliveries());
        }
    }

    @Override
    public void onOffline(LogId id, String reason) {
        PartitionReplica replica = open.get(id);
        if (replica != null) {
            LOGGER.atError()
                    .setMessage("a replica is offline until the node starts again")
                    .addKeyValue("partition", replica.partition().name())
                    .addKeyValue("error", reason)
                    .log();
            replica.partition().resign("replica offline");
            int epoch = replica.partition().state().leaderEpoch();
            observers.forEach(observer -> observer.onLeader(replica.partition(), id, epoch, EpochPromise.NOBODY));
        }
    }

    /**
     * Completes if the disk is so little behind that this node can take over a leadership before others lose patience; fails else.
     * On the loop.
     */
    public Future<Void> ready() {
        return disk.passes(successorMillis);
    }

    /** Where a replica's log starts now; -1 if it is not open here. On the loop. */
    public long logStart(LogId id) {
        PartitionReplica replica = open.get(id);
        return replica == null ? -1 : replica.partition().log().logStartOffset();
    }

    /** The leader's log starts there: what this follower has before is deleted, as far as it is committed. On the loop. */
    public void followStart(LogId id, long leaderStart) {
        PartitionReplica replica = open.get(id);
        if (replica != null && replica.partition().log().logStartOffset() < leaderStart) {
            onDisk(() -> replica.partition().log().followStart(leaderStart)).onComplete(moved -> {
                if (moved.succeeded()) {
                    replica.look();
                } else {
                    LOGGER.atWarn()
                            .setMessage("a follower keeps what its leader deleted; it is told again")
                            .addKeyValue("partition", replica.partition().name())
                            .addKeyValue("error", moved.cause().toString())
                            .log();
                }
            });
        }
    }

    /** How far a replica is, also of one that is closed because it has lost records; null if there is none here. On the loop. */
    public @Nullable Standing standing(LogId id) {
        ReplicaView view = node.view(id);
        PartitionReplica replica = view == null ? lost.get(id) : open.get(id);
        if (replica == null) {
            return null;
        }
        if (view != null) {
            return new Standing(view.epoch(), view.leader(), view.trusted(), replica.end(), replica.voters());
        }
        ReplicaState noted = promises.state(id);
        int epoch = noted == null ? 0 : noted.promise().epoch();
        return new Standing(epoch, EpochPromise.NOBODY, false, replica.end(), replica.voters());
    }

    /** One replica as it is now; null if it is not open here. On the loop. */
    public @Nullable ReplicaView view(LogId id) {
        return node.view(id);
    }
}
