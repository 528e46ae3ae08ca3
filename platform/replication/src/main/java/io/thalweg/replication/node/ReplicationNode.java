package io.thalweg.replication.node;

import static io.thalweg.replication.EpochPromise.NOBODY;

import io.thalweg.environment.Environment;
import io.thalweg.environment.Timers;
import io.thalweg.log.LogId;
import io.thalweg.replication.Effect;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Message;
import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.EpochEnded;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.VoteAnswer;
import io.thalweg.replication.Message.VoteRequest;
import io.thalweg.replication.Replica;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.Frame.Addressed;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All replicas of one node. Carries out what they decide, and tells them what peers, disk and clock have to say.
 *
 * <p>Confined to the replication loop: every method is called there, and the environment's timers run there. A timer of 0 ms
 * is the end of a turn: it must run as soon as what waits on the loop has run, not a millisecond later.
 */
public final class ReplicationNode {

    private static final Logger LOGGER = LoggerFactory.getLogger(ReplicationNode.class);

    private static final int TICKS_PER_FETCH_WAIT = 5;

    private final Site site;
    private final Timers timers;
    private final Map<LogId, HostedReplica> replicas = new HashMap<>();
    private final Map<Integer, Peer> peers = new TreeMap<>();
    private final CatchUpThrottle throttle;
    private final Elections elections;
    private final Fetches fetches;
    private final Leaderships leaderships;
    private final HandOvers handOvers;
    private final HostedReplica.Owner owner = new Hosting();

    private boolean closed;

    /** Refused frames since the last one that was logged, so that a peer cannot fill the log. */
    private long refusedLogNanos;

    private boolean refusedLogged;

    /** One other node. */
    private record Peer(int broker, List<Addressed> messages, Fetching fetching, Serving serving) {}

    /**
     * @param incarnation this broker's epoch, greater with each start of the process
     */
    public ReplicationNode(
            int broker,
            int incarnation,
            Environment environment,
            ReplicationConfig config,
            PeerLink link,
            ReplicationListener listener) {
        this.timers = environment.timers();
        Turn turn = new Turn(timers, environment.clock(), this::act);
        this.site =
                new Site(broker, incarnation, config, environment.clock(), environment.random(), link, listener, turn);
        this.throttle = new CatchUpThrottle(config.catchUpBytesPerSecond(), site.now());
        this.elections = new Elections(site);
        this.fetches = new Fetches(site, id -> peer(id).fetching(), this::open);
        this.leaderships = new Leaderships(site, id -> peer(id).serving());
        this.handOvers = new HandOvers(site, leaderships);
        tickLater();
    }

    // ---- replicas

    /**
     * Takes a replica in. One whose log does not name this node as a voter observes: it follows the log and has no vote, until
     * {@link #changeVoters} on the leader makes it a voter.
     *
     * @param promise as it was last made durable, at least the epoch of the log's last record
     * @param trusted false if the machine may have lost what was not flushed, or if the disk was replaced
     * @param highWatermark a lower bound from before
     * @param preference its place in the assignment, 0 for the preferred leader
     */
    public void open(
            LogId id, ReplicaStore store, EpochPromise promise, boolean trusted, long highWatermark, int preference) {
        if (closed) {
            throw new IllegalStateException("replication is closed: partition=" + id);
        }
        if (replicas.containsKey(id)) {
            throw new IllegalArgumentException("replica is open already: partition=" + id);
        }
        HostedReplica hosted = new HostedReplica(
                id,
                store,
                site.broker(),
                site.incarnation(),
                promise,
                trusted,
                highWatermark,
                preference,
                owner,
                site.listener());
        replicas.put(id, hosted);
        hosted.start();
    }

    /** The partition was deleted or moved away. Its store is not called again; what is on its way to the disk goes on. */
    public void close(LogId id) {
        HostedReplica hosted = replicas.remove(id);
        if (hosted != null) {
            hosted.close();
            forget(hosted);
        }
    }

    private void forget(HostedReplica hosted) {
        elections.removed(hosted);
        fetches.removed(hosted);
        leaderships.removed(hosted);
        handOvers.removed(hosted);
        for (Serving.Member member : List.copyOf(hosted.members)) {
            member.session.gone(member);
        }
    }

    /**
     * Whom else to ask who leads, of a replica whose log may name no voter that is still one; those who hold it first, in order of
     * preference. Replaces what was said before.
     */
    public void hint(LogId id, Collection<Integer> brokers) {
        HostedReplica hosted = hosted(id);
        hosted.following.hints = List.copyOf(brokers);
        hosted.tell(replica -> List.of());
    }

    /** Its place in the assignment changed. */
    public void prefer(LogId id, int preference) {
        hosted(id).prefer(preference);
    }

    /** How many voters must hold a record before {@link ReplicationListener#onHeld} says so; no more than a majority: never. */
    public void holders(LogId id, int atLeast) {
        leaderships.holders(hosted(id), atLeast);
    }

    /** The store's end moved by appends of clients. */
    public void onAppended(LogId id) {
        HostedReplica hosted = replicas.get(id);
        if (hosted != null) {
            hosted.onAppended();
        }
    }

    /**
     * The store's end was moved by appends of clients that come to nothing after all: it ends where it did before. As nothing but the
     * end of the process takes back what a log holds else, the replica goes on as after that. It leads no longer.
     */
    public void onStagedLost(LogId id) {
        HostedReplica hosted = replicas.get(id);
        if (hosted != null) {
            hosted.onStagedLost();
        }
    }

    // ---- peers

    /** The peer sent this. One that cannot be read is dropped and logged. */
    public void onFrame(int from, Buffer frame) {
        if (closed || from == site.broker()) {
            return;
        }
        Frame read;
        try {
            read = FrameReader.read(from, frame);
        } catch (MalformedFrame malformed) {
            refused(malformed);
            return;
        }
        Peer peer = peer(from);
        if (read instanceof Frame.Messages messages) {
            // Votes that waited here while this process stood still may be too late for their elections.
            elections.act(site.now());
            messages.messages().forEach(this::deliver);
        } else if (read instanceof Frame.Fetch fetch) {
            Frame.SessionLost lost = peer.serving().on(fetch);
            if (lost != null) {
                site.link().send(from, FrameWriter.sessionLost(lost.session()));
            }
        } else if (read instanceof Frame.Answers answers) {
            fetches.on(peer.fetching(), answers);
        } else if (read instanceof Frame.SessionLost lost) {
            peer.fetching().onLost(lost);
        }
    }

    private void refused(MalformedFrame malformed) {
        long now = site.now();
        if (!refusedLogged || now - refusedLogNanos > Site.nanos(1_000)) {
            refusedLogged = true;
            refusedLogNanos = now;
            LOGGER.atWarn()
                    .setMessage("a peer's frame is refused; do all nodes run the same version?")
                    .addKeyValue("error", malformed.getMessage())
                    .log();
        }
    }

    private void deliver(Addressed addressed) {
        HostedReplica hosted = open(addressed.partition());
        if (hosted != null) {
            Message message = addressed.message();
            if (message instanceof EpochBegun begun) {
                hosted.following.leads(begun.from(), begun.epoch());
            }
            hosted.receive(replica -> deliver(replica, message));
        }
    }

    private static List<Effect> deliver(Replica replica, Message message) {
        if (message instanceof VoteRequest request) {
            return replica.on(request);
        } else if (message instanceof VoteAnswer answer) {
            return replica.on(answer);
        } else if (message instanceof EpochBegun begun) {
            return replica.on(begun);
        } else if (message instanceof EpochEnded ended) {
            return replica.on(ended);
        }
        throw new IllegalArgumentException("travels in a fetch session: " + message);
    }

    /** A connection to the peer stands, whoever dialled. */
    public void peerUp(int broker) {
        if (closed) {
            return;
        }
        Peer peer = peer(broker);
        if (!peer.fetching().isActive()) {
            peer.fetching().begin();
        }
        fetches.peerUp(broker);
        leaderships.peerUp();
        elections.peerUp();
        // What waited for this connection.
        site.turn().end();
    }

    /** The last connection to the peer is lost, or membership says that it is gone. */
    public void peerDown(int broker) {
        if (closed) {
            return;
        }
        Peer peer = peer(broker);
        peer.messages().clear();
        peer.serving().end();
        peer.fetching().end();
        fetches.silence(peer.fetching());
    }

    private Peer peer(int broker) {
        return peers.computeIfAbsent(
                broker,
                id -> new Peer(
                        id, new ArrayList<>(), new Fetching(id, site), new Serving(id, site, throttle, this::open)));
    }

    // ---- commands

    /**
     * Adds or removes one voter of a partition that this node leads. Completes when that is committed. Fails with {@link
     * NotLeading}, {@link io.thalweg.replication.VoterChangeRefused} or {@link LeadershipLost}.
     */
    public Future<Void> changeVoters(LogId id, Voters next) {
        HostedReplica hosted = open(id);
        if (hosted == null) {
            return Future.failedFuture(new NotLeading(id, 0, NOBODY));
        }
        Promise<Void> promise = hosted.promised();
        leaderships.changeVoters(hosted, next, promise);
        return promise.future();
    }

    /**
     * Hands the leadership of a partition to a voter that is in sync. No record is lost and nobody waits for an election
     * time-out. Completes when it leads. Fails with {@link NotLeading} or {@link TransferRefused}.
     */
    public Future<Void> transfer(LogId id, int to) {
        HostedReplica hosted = open(id);
        if (hosted == null || !hosted.replica().leads()) {
            int leader = hosted == null ? NOBODY : hosted.replica().leader();
            return Future.failedFuture(
                    new NotLeading(id, hosted == null ? 0 : hosted.replica().epoch(), leader));
        }
        return handOvers.transfer(hosted, to);
    }

    /**
     * Hands over everything that this node leads, and stands for nothing any more. Completes when others lead, or after {@code
     * atMost} if some do not; it never fails. Partitions of which no other voter is connected stay.
     */
    public Future<Void> handOver(Duration atMost) {
        elections.stop();
        return handOvers.stop(atMost);
    }

    // ---- the disk under all replicas

    /**
     * The disk takes no more appends, but may again: hands over what others can lead. What this node wins later it keeps
     * until this is called again.
     */
    public void yieldLeaderships() {
        handOvers.yieldAll();
    }

    /**
     * The disk does not answer: whoever waits for what is on its way there waits for it, so others must lead, at once and without
     * anybody who is asked to wait: what was not committed may be cut off. To be called again while that lasts, for those that
     * are elected by votes that were on their way. A replica that stands for election makes a promise on that disk first, and thus
     * leads nothing before it answers.
     */
    public void resignLeaderships() {
        for (HostedReplica hosted : List.copyOf(replicas.values())) {
            if (hosted.replica().leads()) {
                hosted.resign();
            }
        }
    }

    /** The disk failed for good: no replica takes part in anything any more, whether or not it was just using it. */
    public void diskFailed(Throwable failure) {
        for (HostedReplica hosted : List.copyOf(replicas.values())) {
            hosted.diskFailed(failure);
        }
    }

    // ---- what there is

    /** Null if the replica is not open here. */
    public @Nullable ReplicaView view(LogId id) {
        HostedReplica hosted = replicas.get(id);
        return hosted == null ? null : hosted.view(site.now());
    }

    /** Every partition that is open here. */
    public Collection<LogId> partitions() {
        return Collections.unmodifiableSet(replicas.keySet());
    }

    private @Nullable HostedReplica open(LogId id) {
        HostedReplica hosted = replicas.get(id);
        return hosted != null && hosted.isOpen() ? hosted : null;
    }

    private HostedReplica hosted(LogId id) {
        return Objects.requireNonNull(replicas.get(id), () -> "no such replica here: partition=" + id);
    }

    // ---- time

    private void tickLater() {
        int millis = Math.max(1, site.config().fetchWaitMillis() / TICKS_PER_FETCH_WAIT);
        timers.schedule(millis, () -> {
            if (!closed) {
                tick();
                tickLater();
            }
        });
    }

    private void tick() {
        long now = site.now();
        for (Peer peer : List.copyOf(peers.values())) {
            Fetching fetching = peer.fetching();
            if (!fetching.isActive() && site.link().isUp(peer.broker())) {
                fetching.begin();
            }
            boolean overdue =
                    now - fetching.heardNanos() > Site.nanos(site.config().silenceMillis());
            if (overdue && !fetching.members().isEmpty()) {
                fetches.silence(fetching);
            }
        }
        fetches.tick(now);
        leaderships.tick(now);
        handOvers.tick(now);
        act();
    }

    /** At the end of each turn in which something happened. */
    private void act() {
        if (closed) {
            return;
        }
        long now = site.now();
        elections.act(now);
        for (Peer peer : List.copyOf(peers.values())) {
            // Answers first: else who was told in this turn that a candidate does not lead, and then that it does,
            // would hear so in the wrong order, and look for another.
            peer.serving().flush(now);
            if (!peer.messages().isEmpty()) {
                site.link().send(peer.broker(), FrameWriter.messages(peer.messages()));
                peer.messages().clear();
            }
            peer.fetching().flush(now);
        }
    }

    /** Ends timers; nothing is sent or called any more. */
    public void close() {
        closed = true;
        site.turn().close();
        for (HostedReplica hosted : List.copyOf(replicas.values())) {
            hosted.close();
        }
        replicas.clear();
    }

    /** Throws {@link io.thalweg.replication.InvariantViolation} if this node contradicts itself. */
    public void checkInvariants() {
        for (HostedReplica hosted : replicas.values()) {
            hosted.checkInvariants();
        }
        for (Peer peer : peers.values()) {
            peer.serving().checkInvariants();
            peer.fetching().checkInvariants();
        }
        for (HostedReplica hosted : leaderships.led()) {
            Rules.check(hosted.leadership != null, "what is led has a leadership", this);
        }
    }

    @Override
    public String toString() {
        return "node " + site.broker() + " incarnation " + site.incarnation() + " replicas=" + replicas.size() + " led="
                + leaderships.led().size();
    }

    /** What replicas ask of their node. */
    private final class Hosting implements HostedReplica.Owner {

        @Override
        public void send(HostedReplica from, int to, Message message) {
            if (message instanceof VoteAnswer answer && answer.preVote() && answer.granted()) {
                elections.gaveWay(from);
            }
            if (message instanceof FetchAnswer answer) {
                if (answer.outcome() == Message.Outcome.NOT_LEADER) {
                    elections.sought(from);
                }
                peer(to).serving().answer(from, answer);
            } else if (site.link().isUp(to)) {
                peer(to).messages().add(new Addressed(from.id(), message));
                site.turn().end();
            }
        }

        @Override
        public void settled(HostedReplica replica) {
            leaderships.settled(replica);
            fetches.settled(replica);
            elections.settled(replica);
            handOvers.settled(replica);
        }

        @Override
        public void offline(HostedReplica replica) {
            forget(replica);
        }
    }
}
