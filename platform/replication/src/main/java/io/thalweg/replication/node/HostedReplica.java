package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.thalweg.replication.Effect;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Message;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Replica;
import io.thalweg.replication.Voters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica and what it waits for: carries its effects out in order, and hands it the next event when the last effect is
 * done. So nothing is answered before the promise that it rests on is durable.
 */
final class HostedReplica {

    private static final Logger LOGGER = LoggerFactory.getLogger(HostedReplica.class);

    /** Peers' messages that wait while a disk is slow; they are repeated, so more than a few of each peer help nobody. */
    private static final int MESSAGES_MAX = 64;

    /** Something that the replica is told. */
    @FunctionalInterface
    interface Event {
        List<Effect> apply(Replica replica);
    }

    /** Who carries out what is not for the disk, and follows what becomes of a replica. */
    interface Owner {
        void send(HostedReplica from, int to, Message message);

        /** All effects of an event are carried out; state may be read. */
        void settled(HostedReplica replica);

        /** It takes part in nothing any more. */
        void offline(HostedReplica replica);
    }

    private final LogId id;
    private final ReplicaStore store;
    private final int broker;
    private final int incarnation;
    private final Owner owner;
    private final ReplicationListener listener;

    private Replica replica;

    /** As on disk; the replica's own may be on their way there. */
    private EpochPromise promise;

    private boolean trusted;

    /** The greatest that an effect said; what the replica is made again with. */
    private long highWatermark;

    private final Deque<Event> events = new ArrayDeque<>();
    private final Deque<Effect> effects = new ArrayDeque<>();
    private int messagesWaiting;

    /** Beside the answer whose effects are being carried out. */
    private @Nullable ByteBuffer records;

    private @Nullable Voters leadersVoters;

    private @Nullable Runnable whenVotersAppended;

    private boolean running;
    private boolean onDisk;

    /** What follows on what the disk has just done. */
    private @Nullable Runnable afterDisk;

    private boolean unsettled;

    /** The log moved by a leader's append, and the replica does not know yet. */
    private boolean moved;

    /** Something that the log was to hold is not in it, and the replica does not know yet. */
    private boolean lost;

    private boolean closed;
    private @Nullable String offline;

    /** As last told to the listener. */
    private int leaderTold = EpochPromise.NOBODY;

    private int preference;

    // What other parts of the node keep of this replica.
    final Elections.Candidacy candidacy = new Elections.Candidacy();
    final Following following = new Following();
    final List<Serving.Member> members = new ArrayList<>();

    @Nullable
    Leadership leadership;

    /** What callers wait for; nobody may wait for ever when the replica ends. */
    private final Set<Promise<Void>> promises = new LinkedHashSet<>();

    HostedReplica(
            LogId id,
            ReplicaStore store,
            int broker,
            int incarnation,
            EpochPromise promise,
            boolean trusted,
            long highWatermark,
            int preference,
            Owner owner,
            ReplicationListener listener) {
        this.id = id;
        this.store = store;
        this.broker = broker;
        this.incarnation = incarnation;
        this.promise = promise;
        this.trusted = trusted;
        this.highWatermark = highWatermark;
        this.preference = preference;
        this.owner = owner;
        this.listener = listener;
        this.replica = new Replica(broker, incarnation, store, promise, trusted, highWatermark);
    }

    LogId id() {
        return id;
    }

    ReplicaStore store() {
        return store;
    }

    int preference() {
        return preference;
    }

    void prefer(int place) {
        preference = place;
    }

    /** Its state is what was carried out only while {@link #isIdle()}. */
    Replica replica() {
        return replica;
    }

    /** Whether nothing is under way: what the replica says now may be acted upon. */
    boolean isIdle() {
        return !onDisk && afterDisk == null && effects.isEmpty() && isOpen();
    }

    boolean isOpen() {
        return !closed && offline == null;
    }

    @Nullable
    String offlineReason() {
        return offline;
    }

    // ---- events

    void start() {
        tell(Replica::start);
    }

    /** Hands the replica an event, now or when the disk is done with what came before. */
    void tell(Event event) {
        if (isOpen()) {
            events.add(event);
            run();
        }
    }

    /** The same, of a peer's message: dropped if too many wait. */
    void receive(Event event) {
        if (messagesWaiting < MESSAGES_MAX) {
            messagesWaiting++;
            tell(current -> {
                messagesWaiting--;
                return event.apply(current);
            });
        }
    }

    /** A leader's answer with what came beside it. */
    void receive(FetchAnswer answer, @Nullable Voters voters, ByteBuffer batches) {
        receive(current -> {
            records = batches;
            leadersVoters = voters;
            return current.on(answer);
        });
    }

    /** The leader's clients have appended. */
    void onAppended() {
        moved = true;
        run();
    }

    /** What the leader's clients were about to append came to nothing. */
    void onStagedLost() {
        lost = true;
        run();
    }

    /**
     * Leads no longer, even while an append of its own is on its way to the disk: that is in the log when the disk has answered, as
     * any append that is not committed may be, and no other event is handed to the replica before. One that was not told yet that
     * it leads waits for a promise, and leads nothing before that is durable.
     */
    void resign() {
        if (isIdle()) {
            tell(Replica::resign);
        } else if (isOpen() && !running && replica.leads() && leaderTold == broker) {
            // Nothing of it is for the disk.
            replica.resign().forEach(this::carryOut);
            unsettled = true;
        }
    }

    /** Completed by whoever knows, or failed when the replica ends. */
    Promise<Void> promised() {
        Promise<Void> made = Promise.promise();
        promises.add(made);
        made.future().onComplete(done -> promises.remove(made));
        return made;
    }

    void close() {
        closed = true;
        events.clear();
        effects.clear();
        failPromises();
    }

    private void failPromises() {
        for (Promise<Void> waiting : List.copyOf(promises)) {
            waiting.tryFail(new LeadershipLost(id, promise.epoch(), "what was asked for"));
        }
    }

    private void run() {
        if (running) {
            return;
        }
        running = true;
        try {
            while (isOpen() && !onDisk && step()) {
                // Each step is an effect, an event, or telling the owner.
            }
        } catch (RuntimeException bug) {
            goOffline("it broke a rule; restart the node and report this", bug, bug);
        } finally {
            running = false;
        }
    }

    private boolean step() {
        if (afterDisk != null) {
            Runnable then = afterDisk;
            afterDisk = null;
            then.run();
            return true;
        }
        if (lost) {
            // Before anything that was said of it is carried out, such as asking for votes for it.
            lost = false;
            makeAnew();
            return true;
        }
        if (!effects.isEmpty()) {
            carryOut(effects.poll());
            return true;
        }
        if (moved) {
            moved = false;
            return apply(Replica::logForced);
        }
        if (unsettled) {
            unsettled = false;
            replica.checkInvariants();
            owner.settled(this);
            return true;
        }
        Event next = events.poll();
        return next != null && apply(next);
    }

    private boolean apply(Event event) {
        effects.addAll(event.apply(replica));
        unsettled = true;
        return true;
    }

    // ---- effects

    private void carryOut(Effect effect) {
        if (effect instanceof Effect.Send send) {
            owner.send(this, send.to(), send.message());
        } else if (effect instanceof Effect.HighWatermark raised) {
            raised(raised.offset());
        } else if (effect instanceof Effect.LeaderIs is) {
            led(is.epoch(), is.leader());
        } else if (effect instanceof Effect.AppendFetched) {
            append();
        } else {
            onDisk(effect);
        }
    }

    private void onDisk(Effect effect) {
        if (effect instanceof Effect.Promise made) {
            await(store.promise(made.promise()), () -> promise = made.promise());
        } else if (effect instanceof Effect.AppendLeaderChange change) {
            await(store.appendLeaderChange(change.epoch()), () -> moved = true);
        } else if (effect instanceof Effect.AppendVoters change) {
            await(store.appendVoters(change.epoch(), change.voters()), this::votersAppended);
        } else if (effect instanceof Effect.TruncateTo truncate) {
            LOGGER.atInfo()
                    .setMessage("a log is cut off where it left the leader's")
                    .addKeyValue("partition", id)
                    .addKeyValue("offset", truncate.offset())
                    .addKeyValue("end", store.end())
                    .log();
            await(store.truncateTo(truncate.offset()), () -> {});
        } else if (effect instanceof Effect.RestartAt restart) {
            restart(restart.start());
        } else if (effect instanceof Effect.Trusted) {
            await(store.trusted(), () -> trusted = true);
        } else {
            throw new IllegalStateException("no such effect: " + effect);
        }
    }

    private void append() {
        ByteBuffer batches = Objects.requireNonNull(records, "an append without records");
        records = null;
        await(store.appendFetched(batches), () -> {}, failure -> {
            if (failure instanceof IllegalArgumentException) {
                refetch(failure);
            } else {
                diskFailed(failure);
            }
        });
    }

    private void restart(LogPosition start) {
        Voters voters = Objects.requireNonNull(leadersVoters, "a log that begins anew without voters");
        LOGGER.atInfo()
                .setMessage("a log begins anew where the leader's starts")
                .addKeyValue("partition", id)
                .addKeyValue("start", start)
                .addKeyValue("voters", voters.ids())
                .log();
        await(store.restartAt(start, voters), () -> {});
    }

    /** Once, when the voter record of the event that is being applied is in the log. */
    void whenAppended(Runnable then) {
        whenVotersAppended = then;
    }

    private void votersAppended() {
        moved = true;
        if (whenVotersAppended != null) {
            whenVotersAppended.run();
            whenVotersAppended = null;
        }
        if (replica.leads()) {
            listener.onVoters(id, replica.epoch(), List.copyOf(store.voters().ids()));
        }
    }

    private void raised(long offset) {
        highWatermark = Math.max(highWatermark, offset);
        if (!replica.leads() || replica.epochCommitted()) {
            listener.onHighWatermark(id, offset);
        }
    }

    private void led(int epoch, int leader) {
        leaderTold = leader;
        LOGGER.atDebug()
                .setMessage("leader")
                .addKeyValue("partition", id)
                .addKeyValue("epoch", epoch)
                .addKeyValue("nodeId", leader)
                .log();
        listener.onLeader(id, epoch, leader);
        if (leader == broker) {
            listener.onVoters(id, epoch, List.copyOf(store.voters().ids()));
        }
    }

    private void await(Future<Void> done, Runnable then) {
        await(done, then, this::diskFailed);
    }

    private void await(Future<Void> done, Runnable then, Consumer<Throwable> otherwise) {
        onDisk = true;
        done.onComplete(result -> {
            onDisk = false;
            if (isOpen()) {
                if (result.succeeded()) {
                    afterDisk = then;
                } else if (!lost) {
                    afterDisk = () -> otherwise.accept(result.cause());
                }
                // Else it was refused because of what is lost: the log is fenced since.
                run();
            }
        });
    }

    // ---- failures

    /**
     * What the leader sent cannot be appended, and the log is unchanged. The replica took it for appended, so it is made again
     * from what is durable, as after a restart of the process.
     */
    private void refetch(Throwable refused) {
        LOGGER.atWarn()
                .setMessage("records that the leader sent were refused by the log, and are fetched again later")
                .addKeyValue("partition", id)
                .addKeyValue("error", refused.getMessage())
                .log();
        makeAnew();
    }

    private void makeAnew() {
        effects.clear();
        replica = new Replica(broker, incarnation, store, promise, trusted, highWatermark);
        unsettled = true;
        if (leaderTold != EpochPromise.NOBODY) {
            led(promise.epoch(), EpochPromise.NOBODY);
        }
    }

    /** Of what is done for others, such as reading: the replica's own disk. */
    void diskFailed(Throwable failure) {
        // One disk takes thousands with it: whoever met the failure has logged where.
        goOffline("its disk failed; see to the disk and restart the node", failure, null);
    }

    private void goOffline(String why, Throwable failure, @Nullable Throwable traced) {
        if (!isOpen()) {
            return;
        }
        LOGGER.atError()
                .setMessage("a replica goes offline: " + why)
                .addKeyValue("partition", id)
                .addKeyValue("epoch", promise.epoch())
                .addKeyValue("error", failure.getMessage())
                .setCause(traced)
                .log();
        offline = String.valueOf(failure.getMessage());
        events.clear();
        effects.clear();
        owner.offline(this);
        failPromises();
        if (leaderTold != EpochPromise.NOBODY) {
            led(promise.epoch(), EpochPromise.NOBODY);
        }
        listener.onOffline(id, offline);
    }

    // ---- what there is

    ReplicaView view(long now) {
        Leadership led = leadership;
        List<ReplicaView.Follower> followers = new ArrayList<>();
        if (led != null) {
            replica.followers()
                    .forEach((follower, progress) -> followers.add(new ReplicaView.Follower(
                            follower,
                            progress.end(),
                            progress.durableEnd(),
                            led.behindNanos(follower, now) / Site.NANOS_PER_MILLI,
                            replica.holdsCommitted(follower))));
        }
        return new ReplicaView(
                id,
                replica.epoch(),
                isOpen() ? replica.leader() : EpochPromise.NOBODY,
                isOpen() && replica.leads(),
                replica.trusted(),
                preference,
                store.start().offset(),
                store.end().offset(),
                store.durableEnd(),
                Math.min(highWatermark, store.end().offset()),
                List.copyOf(store.voters().ids()),
                led == null ? List.of() : led.inSync(),
                followers,
                offline);
    }

    void checkInvariants() {
        if (isIdle()) {
            replica.checkInvariants();
        }
        Rules.check(isOpen() || (members.isEmpty() && following.from == null), "who is gone is in no session", this);
    }

    @Override
    public String toString() {
        return id + (offline == null ? "" : " offline: " + offline) + (onDisk ? " waits for its disk" : "") + " "
                + replica;
    }
}
