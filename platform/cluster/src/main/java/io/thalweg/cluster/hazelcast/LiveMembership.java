package io.thalweg.cluster.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.thalweg.cluster.Member;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Clock;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's membership over one Hazelcast member after the other: the first from the start on, and another whenever the one
 * there is cannot be relied on any more. Nothing is lost with a member: what is in Hazelcast is said again by whoever knows it.
 *
 * <p>A member is given up when a merge does not end, a call to it does not return, the sides of a split talk to each other and do
 * not merge, or it stopped by itself. {@link MembershipView} stands still until the next one has joined.
 *
 * <p>The cluster thread starts, watches and ends members; it never waits for a distributed operation.
 */
final class LiveMembership {

    private static final Logger LOGGER = LoggerFactory.getLogger(HazelcastCluster.class);

    private static final long WATCH_MILLIS = 500;
    private static final long ROUND_MILLIS = 5_000;

    /** So that what is published in one go is sent in one go. */
    private static final long SEND_MILLIS = 20;

    private static final long END_MILLIS_MAX = 8_000;
    private static final long ABANDON_MILLIS_MAX = 5_000;

    /** How long after a change of members what Vert.x said is said again in each round, beside what a stuck call may take. */
    private static final long SAY_AGAIN_MILLIS = 30_000;

    private static final long NOT_MERGING = Long.MIN_VALUE;

    private final HazelcastClusterConfig config;
    private final Clock clock;
    private final Member local;
    private final Map<String, String> attributes;
    private final UsesManager vertx;
    private final ScheduledThreadPoolExecutor thread;
    private final MembershipView view;
    private final SharedOwnership ownership;
    private final SplitWatch split;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean sendScheduled = new AtomicBoolean();
    private final AtomicBoolean gatherScheduled = new AtomicBoolean();

    /** Where each broker's Hazelcast member was last seen: whom to look for when membership is made anew. */
    private final Map<Integer, String> addresses = new ConcurrentHashMap<>();

    private volatile Supplier<Set<Integer>> connected = Set::of;
    private volatile @Nullable Session session;
    private volatile @Nullable PeerAddress address;
    private volatile long mergingSinceNanos = NOT_MERGING;
    private volatile long membersChangedNanos;

    /** Of the cluster thread: the member that Vert.x is being given, since when. */
    private @Nullable Session attaching;

    private long attachingSinceNanos;

    private long retryAtNanos;
    private String retryReason = "";

    /** Vert.x, as far as it cares which member there is. */
    interface UsesManager {

        /** Uses this manager from now on, and completes with null, or why it cannot. */
        void attach(HazelcastClusterManager manager, Attached done);

        /** Does without until the next {@link #attach}. */
        void detach();

        /** Tells the others once more what they may have forgotten over a change of members. */
        void sayAgain();

        interface Attached {
            void done(@Nullable Throwable failure);
        }
    }

    LiveMembership(HazelcastClusterConfig config, Clock clock, Member local, String vertxNodeId, UsesManager vertx) {
        this.config = config;
        this.clock = clock;
        this.local = local;
        this.attributes = MemberAttributes.of(local, vertxNodeId);
        this.vertx = vertx;
        this.view = new MembershipView(local);
        this.split = new SplitWatch(local.brokerId(), config.stuckAfter().toNanos());
        this.ownership = new SharedOwnership(local.brokerId(), local.incarnation(), clock, this::scheduleSend);
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "thalweg-cluster");
            made.setDaemon(true);
            return made;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    MembershipView view() {
        return view;
    }

    SharedOwnership ownership() {
        return ownership;
    }

    /** Null while there is none. */
    @Nullable
    Session session() {
        return session;
    }

    /** Of the member that there is, or was last. */
    @Nullable
    PeerAddress address() {
        return address;
    }

    void watch(Supplier<Set<Integer>> supplier) {
        connected = supplier;
    }

    /**
     * Joins for the first time.
     *
     * @param done called with null, or with why not: then nothing is left behind
     */
    void start(UsesManager.Attached done) {
        thread.execute(() -> {
            try {
                Session opened = openFirst();
                vertx.attach(
                        opened.manager(),
                        failure -> onCluster(() -> {
                            if (failure == null) {
                                begin(opened);
                                every(WATCH_MILLIS, this::watch);
                                every(ROUND_MILLIS, this::round);
                            } else {
                                opened.end(false, ABANDON_MILLIS_MAX);
                                thread.shutdown();
                            }
                            done.done(failure);
                        }));
            } catch (ClusterJoinException | RuntimeException refused) {
                thread.shutdown();
                done.done(refused);
            }
        });
    }

    /**
     * Leaves.
     *
     * @param clean says farewell to the others first
     * @param left called when that is done, as far as it can be
     */
    void stop(boolean clean, Runnable left) {
        stopped.countDown();
        try {
            thread.execute(() -> {
                Session current = session;
                Session opened = attaching;
                session = null;
                attaching = null;
                ownership.detach();
                vertx.detach();
                if (opened != null) {
                    opened.end(false, ABANDON_MILLIS_MAX);
                }
                if (current != null && !current.end(clean, END_MILLIS_MAX)) {
                    LOGGER.atWarn().log("Hazelcast does not stop; the node stops without it");
                }
                thread.shutdown();
                left.run();
            });
        } catch (RejectedExecutionException neverStarted) {
            left.run();
        }
    }

    private boolean stopping() {
        return stopped.getCount() == 0;
    }

    // ---- joining

    private Session openFirst() throws ClusterJoinException {
        if (!StartOrder.of(config, clock, stopped).begins()) {
            return open(config.members());
        }
        Session began = open(List.of());
        // Others may begin as well, if they do not find this one: then their sides and this one look for each other.
        began.looksFor(config.members());
        return began;
    }

    /** Starts a member and makes sure that it may stay. */
    private Session open(List<String> join) throws ClusterJoinException {
        String host = PrivateAddress.resolve(config.host());
        if (config.port() != 0) {
            PrivateAddress.checkFree(host, config.port());
        }
        Config hazelcast = MemberConfig.of(config, host, config.port(), join, attributes);
        Session opened = Session.start(hazelcast, clock);
        try {
            address = opened.address();
            new JoinCheck(local, config.duplicateWait(), clock).await(opened);
            return opened;
        } catch (ClusterJoinException refused) {
            opened.end(true, END_MILLIS_MAX);
            throw refused;
        }
    }

    private void begin(Session opened) {
        session = opened;
        membersChangedNanos = clock.monotonicNanos();
        mergingSinceNanos = NOT_MERGING;
        opened.listen(() -> onMembers(opened), state -> onState(opened, state));
        opened.calls().execute(() -> {
            ownership.attach(opened.instance(), () -> session == opened);
            scheduleSend();
        });
        gather(opened);
        view.follow(() -> brokers(opened));
    }

    /** Everything anew, because of the member there is, or because there is none. */
    private void rejoin(String reason, List<String> join) {
        LOGGER.atWarn()
                .addKeyValue("error", reason)
                .log("this node makes its membership anew; the replicas go on meanwhile");
        view.stand(reason);
        ownership.detach();
        vertx.detach();
        Session given = session;
        session = null;
        if (given != null && !given.end(false, ABANDON_MILLIS_MAX)) {
            LOGGER.atError()
                    .addKeyValue("address", String.valueOf(address))
                    .log(
                            "the Hazelcast member that was given up does not stop; restart this node should it not rejoin");
        }
        try {
            Session opened = open(join);
            attaching = opened;
            attachingSinceNanos = clock.monotonicNanos();
            vertx.attach(opened.manager(), failure -> onCluster(() -> onAttached(opened, reason, failure)));
        } catch (ClusterJoinException refused) {
            retryLater(reason, String.valueOf(refused.getMessage()));
        }
    }

    private void onAttached(Session opened, String reason, @Nullable Throwable failure) {
        if (attaching != opened) {
            return; // it took too long
        }
        attaching = null;
        if (failure == null && !stopping()) {
            begin(opened);
            LOGGER.atInfo().addKeyValue("members", view.members().size()).log("this node has its membership again");
        } else {
            opened.end(false, ABANDON_MILLIS_MAX);
            retryLater(reason, String.valueOf(failure));
        }
    }

    private void retryLater(String reason, String error) {
        LOGGER.atError().addKeyValue("error", error).log("this node has no membership; tried again");
        retryAtNanos = clock.monotonicNanos() + config.stuckAfter().toNanos() / 4;
        retryReason = reason;
    }

    // ---- watching

    private void watch() {
        try {
            abandonIfStuck();
            String reason = reasonToRejoin();
            if (reason != null) {
                rejoin(reason, joinList());
            }
        } catch (RuntimeException defect) {
            LOGGER.atError().setCause(defect).log("membership cannot be watched");
        }
    }

    /** Vert.x calls the new member when it is given it; that may hang like any other call. */
    private void abandonIfStuck() {
        Session opened = attaching;
        if (opened != null
                && clock.monotonicNanos() - attachingSinceNanos
                        > config.stuckAfter().toNanos()) {
            attaching = null;
            vertx.detach();
            opened.end(false, ABANDON_MILLIS_MAX);
            retryLater("Vert.x has no membership", "Vert.x was not given the new member in time");
        }
    }

    private @Nullable String reasonToRejoin() {
        if (attaching != null || stopping()) {
            return null;
        }
        Session current = session;
        long now = clock.monotonicNanos();
        if (current == null) {
            return now - retryAtNanos >= 0 ? retryReason : null;
        }
        long stuckNanos = config.stuckAfter().toNanos();
        long merging = mergingSinceNanos;
        if (!current.isRunning() && merging == NOT_MERGING) {
            return "Hazelcast stopped by itself";
        }
        if (merging != NOT_MERGING && now - merging > stuckNanos) {
            return "a merge has not ended within " + config.stuckAfter().toSeconds() + " s";
        }
        if (current.stuckNanos() > stuckNanos) {
            return "a call to Hazelcast has not returned within "
                    + config.stuckAfter().toSeconds() + " s";
        }
        if (merging == NOT_MERGING && split.shouldRejoin(members(), connected.get(), now)) {
            return "this node talks to brokers " + split.others(members(), connected.get())
                    + " that its membership does not see";
        }
        return null;
    }

    /** Whom to look for: not those who are on this side of a split, or the node would come back to it. */
    private List<String> joinList() {
        Set<Integer> members = members();
        Set<String> own = new TreeSet<>();
        Set<String> others = new LinkedHashSet<>(config.members());
        addresses.forEach((broker, at) -> {
            if (members.contains(broker)) {
                own.add(at);
            } else {
                others.add(at);
            }
        });
        boolean isSplit = !split.others(members, connected.get()).isEmpty();
        if (isSplit) {
            others.removeAll(own);
        } else {
            others.addAll(own);
        }
        return new ArrayList<>(others);
    }

    private Set<Integer> members() {
        Set<Integer> ids = new TreeSet<>();
        for (Member member : view.members()) {
            ids.add(member.brokerId());
        }
        return ids;
    }

    // ---- Hazelcast's events, on its threads

    private void onMembers(Session of) {
        membersChangedNanos = clock.monotonicNanos();
        if (session == of) {
            view.update(() -> brokers(of));
        }
    }

    private void onState(Session of, LifecycleState state) {
        if (session != of || stopping()) {
            return;
        }
        if (state == LifecycleState.MERGING) {
            mergingSinceNanos = clock.monotonicNanos();
            LOGGER.atWarn().log("this node's side of a split merges into the other");
            view.stand("this side of a split merges into the other");
        } else if (state == LifecycleState.MERGED || state == LifecycleState.MERGE_FAILED) {
            mergingSinceNanos = NOT_MERGING;
            membersChangedNanos = clock.monotonicNanos();
            LOGGER.atWarn().addKeyValue("state", state).log("the merge of this node's side has ended");
            view.follow(() -> brokers(of));
            gather(of);
            String objection = new JoinCheck(local, config.duplicateWait(), clock).objection(of.members());
            if (objection != null) {
                LOGGER.atError().addKeyValue("error", objection).log("the merge brought together what must not be");
            }
        }
    }

    private List<Member> brokers(Session of) {
        List<Member> brokers = new ArrayList<>();
        for (Session.Listed listed : of.members()) {
            brokers.add(listed.member());
            if (!listed.local()) {
                addresses.put(listed.member().brokerId(), listed.hazelcastAddress());
            }
        }
        return brokers;
    }

    // ---- ownership

    private void round() {
        try {
            ownership.newRound(members()::contains);
            long quietNanos = clock.monotonicNanos() - membersChangedNanos;
            if (quietNanos < config.stuckAfter().toNanos() + TimeUnit.MILLISECONDS.toNanos(SAY_AGAIN_MILLIS)) {
                vertx.sayAgain();
            }
        } catch (RuntimeException defect) {
            LOGGER.atError().setCause(defect).log("ownership cannot be published");
        }
    }

    private void scheduleSend() {
        if (!stopping() && sendScheduled.compareAndSet(false, true)) {
            try {
                var unused = thread.schedule(
                        () -> {
                            sendScheduled.set(false);
                            Session current = session;
                            if (current != null) {
                                current.calls().execute(ownership::send);
                            }
                        },
                        SEND_MILLIS,
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopped) {
                sendScheduled.set(false);
            }
        }
    }

    private void gather(Session of) {
        if (gatherScheduled.compareAndSet(false, true)) {
            of.calls().execute(() -> {
                gatherScheduled.set(false);
                ownership.readAll();
            });
        }
    }

    private void every(long millis, Runnable task) {
        var unused = thread.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void onCluster(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException stopped) {
            LOGGER.atDebug().log("the cluster's thread has stopped already");
        }
    }
}
