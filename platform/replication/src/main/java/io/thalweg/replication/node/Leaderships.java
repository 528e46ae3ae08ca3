package io.thalweg.replication.node;

import static io.thalweg.replication.EpochPromise.NOBODY;

import io.thalweg.replication.Effect;
import io.thalweg.replication.Replica;
import io.thalweg.replication.VoterChangeRefused;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.Leadership.HandingOver;
import io.thalweg.replication.node.Leadership.VoterChange;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that this node leads: their followers are served, counted and told; a leader that is cut off resigns. */
final class Leaderships {

    private static final Logger LOGGER = LoggerFactory.getLogger(Leaderships.class);

    private static final int ANNOUNCE_DOUBLINGS = 4;
    private static final int CHECKS_PER_LAG = 10;
    private static final int TICKS_TO_COME = 5;

    private final Site site;
    private final IntFunction<Serving> sessions;

    private final Set<HostedReplica> led = new LinkedHashSet<>();

    /** Those of which some voter may not fetch. */
    private final Set<HostedReplica> unheard = new LinkedHashSet<>();

    /** More holders than a majority, where somebody asked for them. */
    private final Map<HostedReplica, Integer> holders = new HashMap<>();

    private long checkDueNanos;
    private boolean stopping;
    private long stopNanos;

    Leaderships(Site site, IntFunction<Serving> sessions) {
        this.site = site;
        this.sessions = sessions;
        this.checkDueNanos = site.now();
    }

    Set<HostedReplica> led() {
        return led;
    }

    void holders(HostedReplica hosted, int atLeast) {
        holders.put(hosted, atLeast);
        if (hosted.leadership != null && hosted.isIdle()) {
            tellHeld(hosted, hosted.leadership);
        }
    }

    // ---- what becomes of a replica

    void settled(HostedReplica hosted) {
        Replica replica = hosted.replica();
        Leadership before = hosted.leadership;
        if (before != null && !(replica.leads() && replica.epoch() == before.epoch())) {
            ended(hosted, before);
        }
        if (replica.leads()) {
            Leadership now = hosted.leadership;
            moved(hosted, now == null ? begun(hosted) : now);
        }
    }

    private Leadership begun(HostedReplica hosted) {
        Leadership leadership = new Leadership(hosted, site, sessions);
        hosted.leadership = leadership;
        led.add(hosted);
        unheard.add(hosted);
        leadership.tellInSync(site.now());
        LOGGER.atInfo()
                .setMessage("leads")
                .addKeyValue("partition", hosted.id())
                .addKeyValue("epoch", leadership.epoch())
                .addKeyValue("offset", hosted.store().end().offset())
                .log();
        if (stopping) {
            handOver(hosted, NOBODY, stopNanos);
        }
        return leadership;
    }

    private void ended(HostedReplica hosted, Leadership before) {
        hosted.leadership = null;
        led.remove(hosted);
        unheard.remove(hosted);
        LOGGER.atInfo()
                .setMessage("leads no longer")
                .addKeyValue("partition", hosted.id())
                .addKeyValue("epoch", before.epoch())
                .addKeyValue("nodeId", hosted.replica().leader())
                .log();
        VoterChange change = before.voterChange;
        if (change != null) {
            if (hosted.replica().highWatermark() >= change.behindOffset()) {
                change.promise().tryComplete();
            } else {
                change.promise().tryFail(new LeadershipLost(hosted.id(), before.epoch(), "the change of voters"));
            }
        }
        for (Serving.Member member : List.copyOf(hosted.members)) {
            member.session.ask(member);
        }
    }

    /** Log, high watermark or voters may have moved. */
    private void moved(HostedReplica hosted, Leadership leadership) {
        Replica replica = hosted.replica();
        leadership.moved(site.now());
        tellCommitted(hosted, leadership);
        tellHeld(hosted, leadership);
        VoterChange change = leadership.voterChange;
        if (change != null && replica.highWatermark() >= change.behindOffset()) {
            leadership.voterChange = null;
            leadership.tellInSync(site.now());
            change.promise().tryComplete();
        }
        for (Serving.Member member : hosted.members) {
            member.session.offer(member);
        }
        proceed(hosted, leadership);
    }

    private void tellCommitted(HostedReplica hosted, Leadership leadership) {
        Replica replica = hosted.replica();
        if (!leadership.committedTold && replica.epochCommitted()) {
            leadership.committedTold = true;
            site.listener().onHighWatermark(hosted.id(), replica.highWatermark());
        }
    }

    private void tellHeld(HostedReplica hosted, Leadership leadership) {
        int atLeast = holders.getOrDefault(hosted, 0);
        if (atLeast > hosted.store().voters().majority()) {
            long held = hosted.replica().heldBy(atLeast);
            if (held > leadership.heldTold) {
                leadership.heldTold = held;
                site.listener().onHeld(hosted.id(), held);
            }
        }
    }

    /** Closed or offline. */
    void removed(HostedReplica hosted) {
        hosted.leadership = null;
        led.remove(hosted);
        unheard.remove(hosted);
        holders.remove(hosted);
    }

    // ---- voters

    void changeVoters(HostedReplica hosted, Voters next, Promise<Void> promise) {
        hosted.tell(replica -> {
            if (!replica.leads()) {
                promise.tryFail(new NotLeading(hosted.id(), replica.epoch(), replica.leader()));
                return List.of();
            }
            try {
                List<Effect> effects = replica.changeVoters(next);
                hosted.whenAppended(() -> appended(hosted, promise));
                return effects;
            } catch (VoterChangeRefused refused) {
                promise.tryFail(refused);
                return List.of();
            }
        });
    }

    private void appended(HostedReplica hosted, Promise<Void> promise) {
        Leadership leadership = hosted.leadership;
        if (leadership != null) {
            leadership.voterChange = new VoterChange(promise, hosted.store().votersOffset());
        }
    }

    // ---- handing over

    /** Everything that is led, and everything that is won until the node is gone. */
    void stop(long dueNanos) {
        stopping = true;
        stopNanos = dueNanos;
        for (HostedReplica hosted : List.copyOf(led)) {
            handOver(hosted, NOBODY, dueNanos);
        }
    }

    void handOver(HostedReplica hosted, int to, long dueNanos) {
        Leadership leadership = hosted.leadership;
        if (leadership == null || !leadership.reachesAnotherVoter()) {
            return;
        }
        HandingOver begun = new HandingOver(to, site.now(), dueNanos);
        HandingOver before = leadership.handingOver;
        leadership.handingOver = begun;
        site.turn().at(dueNanos);
        if (before != null) {
            // The listener was told already, and what it says goes for this one too.
            begun.drained = before.drained;
            proceed(hosted, leadership);
            return;
        }
        site.listener().onHandOver(hosted.id(), leadership.epoch()).onComplete(drained -> {
            if (hosted.leadership == leadership && leadership.handingOver != null) {
                leadership.handingOver.drained = true;
                proceed(hosted, leadership);
            }
        });
    }

    private void proceed(HostedReplica hosted, Leadership leadership) {
        HandingOver handing = leadership.handingOver;
        if (handing == null || handing.resigning || !handing.drained || !hosted.isIdle()) {
            return;
        }
        int successor = leadership.completeSuccessor(handing);
        if (successor != NOBODY) {
            resign(hosted, handing, successor);
        } else if (site.now() - handing.dueNanos >= 0) {
            expire(hosted, leadership, handing);
        }
    }

    private void resign(HostedReplica hosted, HandingOver handing, int successor) {
        handing.resigning = true;
        hosted.tell(replica -> replica.resign(successor));
    }

    private void expire(HostedReplica hosted, Leadership leadership, HandingOver handing) {
        if (handing.isToSomebody()) {
            leadership.handingOver = null;
            tellAnew(hosted, leadership);
        } else {
            resign(hosted, handing, NOBODY);
        }
    }

    /** A hand-over came to nothing: whoever was told that this node leads begins with that again, and knows no more than that. */
    private void tellAnew(HostedReplica hosted, Leadership leadership) {
        site.listener().onLeader(hosted.id(), leadership.epoch(), site.broker());
        site.listener()
                .onVoters(
                        hosted.id(),
                        leadership.epoch(),
                        List.copyOf(hosted.store().voters().ids()));
        leadership.tellInSyncAnew(site.now());
        leadership.committedTold = false;
        leadership.heldTold = -1;
        tellCommitted(hosted, leadership);
        tellHeld(hosted, leadership);
    }

    /** Everything that is led now, to whoever can; what is won later is kept. */
    void yieldAll(long dueNanos) {
        for (HostedReplica hosted : List.copyOf(led)) {
            Leadership leadership = hosted.leadership;
            if (leadership != null && leadership.handingOver == null) {
                handOver(hosted, NOBODY, dueNanos);
            }
        }
    }

    // ---- time

    void tick(long now) {
        announce(now);
        for (HostedReplica hosted : List.copyOf(led)) {
            Leadership leadership = hosted.leadership;
            if (leadership != null && leadership.handingOver != null) {
                proceed(hosted, leadership);
            }
        }
        if (now - checkDueNanos >= 0) {
            checkDueNanos = now + Site.nanos(site.config().replicaLagMaxMillis() / CHECKS_PER_LAG);
            check(now);
        }
    }

    private void check(long now) {
        for (HostedReplica hosted : List.copyOf(led)) {
            Leadership leadership = hosted.leadership;
            if (leadership == null || !hosted.isIdle()) {
                continue;
            }
            leadership.tellInSync(now);
            if (!leadership.hasAllVoters()) {
                unheard.add(hosted);
            }
            if (leadership.isIsolated(now)) {
                LOGGER.atWarn()
                        .setMessage("resigns: a majority of voters has been silent for too long")
                        .addKeyValue("partition", hosted.id())
                        .addKeyValue("epoch", leadership.epoch())
                        .log();
                hosted.tell(Replica::resign);
            }
        }
    }

    private void announce(long now) {
        for (HostedReplica hosted : List.copyOf(unheard)) {
            Leadership leadership = hosted.leadership;
            if (leadership == null || now - leadership.announceDueNanos < 0 || !hosted.isIdle()) {
                continue;
            }
            if (leadership.hasAllVoters()) {
                unheard.remove(hosted);
                leadership.announcements = 0;
                continue;
            }
            int doublings = Math.min(ANNOUNCE_DOUBLINGS, leadership.announcements);
            leadership.announceDueNanos = now + (Site.nanos(site.config().fetchWaitMillis()) << doublings);
            if (leadership.missesReachableVoter()) {
                leadership.announcements++;
                hosted.tell(replica -> replica.announce(leadership.fetching()));
            }
        }
    }

    /** Voters get a moment to come by themselves. */
    void peerUp() {
        long dueNanos = site.now() + Site.nanos(site.config().fetchWaitMillis() / TICKS_TO_COME);
        for (HostedReplica hosted : led) {
            Leadership leadership = hosted.leadership;
            if (leadership != null && leadership.missesReachableVoter()) {
                leadership.announcements = 0;
                leadership.announceDueNanos = dueNanos;
                unheard.add(hosted);
            }
        }
    }
}
