package io.thalweg.replication.node;

import static io.thalweg.replication.EpochPromise.NOBODY;

import io.thalweg.replication.Replica;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Callers that wait until somebody else leads: of one partition, or of all. */
final class HandOvers {

    /** Clients stand still while a successor catches up: rather give up than let them wait for longer. */
    private static final int CATCH_UP_MILLIS = 1_000;

    private final Site site;
    private final Leaderships leaderships;
    private final Map<HostedReplica, Transfer> transfers = new HashMap<>();
    private final Set<HostedReplica> stopping = new LinkedHashSet<>();
    private @Nullable Promise<Void> stopped;
    private long stopDueNanos;

    private record Transfer(int to, int epoch, long dueNanos, Promise<Void> promise) {}

    HandOvers(Site site, Leaderships leaderships) {
        this.site = site;
        this.leaderships = leaderships;
    }

    Future<Void> transfer(HostedReplica hosted, int to) {
        String refused = whyNot(hosted, to);
        if (refused != null) {
            return Future.failedFuture(new TransferRefused(hosted.id(), to, refused));
        }
        long now = site.now();
        Promise<Void> promise = hosted.promised();
        long electionNanos = Site.nanos(site.config().silenceMillis());
        transfers.put(
                hosted,
                new Transfer(to, hosted.replica().epoch(), now + Site.nanos(CATCH_UP_MILLIS) + electionNanos, promise));
        leaderships.handOver(hosted, to, now + Site.nanos(CATCH_UP_MILLIS));
        return promise.future();
    }

    private @Nullable String whyNot(HostedReplica hosted, int to) {
        Leadership leadership = hosted.leadership;
        if (leadership == null || leadership.handingOver != null || transfers.containsKey(hosted)) {
            return "it is being handed over already; retry";
        }
        if (to == site.broker()) {
            return "it leads";
        }
        if (!leadership.inSync().contains(to)) {
            return "it is not in sync, in sync are " + leadership.inSync();
        }
        // One that does not move, for its disk or its load, is in sync for a while yet, and clients would wait in vain.
        long behind = leadership.behindNanos(to, site.now());
        return behind <= Site.nanos(CATCH_UP_MILLIS)
                ? null
                : "it is behind for " + behind / Site.NANOS_PER_MILLI + " ms; retry when it has caught up";
    }

    /** Everything that is led, without anybody who waits for it. */
    void yieldAll() {
        leaderships.yieldAll(site.now() + Site.nanos(CATCH_UP_MILLIS));
    }

    Future<Void> stop(Duration atMost) {
        Promise<Void> promise = Promise.promise();
        if (stopped != null) {
            return stopped.future();
        }
        stopped = promise;
        long now = site.now();
        stopDueNanos = now + atMost.toNanos();
        for (HostedReplica hosted : leaderships.led()) {
            if (!isStranded(hosted)) {
                stopping.add(hosted);
            }
        }
        // Half of the time for successors to get the rest, half for their elections.
        leaderships.stop(now + atMost.toNanos() / 2);
        site.turn().at(stopDueNanos);
        finish();
        return promise.future();
    }

    void settled(HostedReplica hosted) {
        Replica replica = hosted.replica();
        boolean othersLead = replica.leader() != NOBODY && !replica.leads() && !replica.awaitsElection();
        Transfer transfer = transfers.get(hosted);
        if (transfer != null && replica.epoch() > transfer.epoch() && othersLead) {
            transfers.remove(hosted);
            if (replica.leader() == transfer.to()) {
                transfer.promise().tryComplete();
            } else {
                refuse(hosted, transfer, "broker " + replica.leader() + " leads instead");
            }
        }
        if (othersLead && stopping.remove(hosted)) {
            finish();
        }
    }

    void removed(HostedReplica hosted) {
        transfers.remove(hosted);
        if (stopping.remove(hosted)) {
            finish();
        }
    }

    /** Behind {@link Leaderships#tick}, which gives up a hand-over whose successor does not catch up. */
    void tick(long now) {
        for (HostedReplica hosted : List.copyOf(transfers.keySet())) {
            Transfer transfer = transfers.get(hosted);
            if (transfer == null) {
                continue;
            }
            if (isGivenUp(hosted, transfer)) {
                transfers.remove(hosted);
                refuse(hosted, transfer, "it did not catch up in time");
            } else if (now - transfer.dueNanos() >= 0) {
                transfers.remove(hosted);
                refuse(
                        hosted,
                        transfer,
                        "it took too long; leader=" + hosted.replica().leader());
            }
        }
        if (stopped != null) {
            stopping.removeIf(hosted -> now - stopDueNanos >= 0 || isStranded(hosted));
            finish();
        }
    }

    /** It is led here, and nobody can take it over. */
    private static boolean isStranded(HostedReplica hosted) {
        Leadership leadership = hosted.leadership;
        return leadership != null && !leadership.reachesAnotherVoter();
    }

    private static boolean isGivenUp(HostedReplica hosted, Transfer transfer) {
        Leadership leadership = hosted.leadership;
        return leadership != null && leadership.epoch() == transfer.epoch() && leadership.handingOver == null;
    }

    private void refuse(HostedReplica hosted, Transfer transfer, String why) {
        transfer.promise().tryFail(new TransferRefused(hosted.id(), transfer.to(), why));
    }

    private void finish() {
        if (stopped != null && stopping.isEmpty()) {
            stopped.tryComplete();
        }
    }
}
