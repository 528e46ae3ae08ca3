package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.environment.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a node that joined may stay: of two with one broker id the later one goes, and clusters do not mix. */
final class JoinCheck {

    private static final Logger LOGGER = LoggerFactory.getLogger(HazelcastCluster.class);

    private final Member local;
    private final Duration duplicateWait;
    private final Clock clock;

    JoinCheck(Member local, Duration duplicateWait, Clock clock) {
        this.local = local;
        this.duplicateWait = duplicateWait;
        this.clock = clock;
    }

    /** Returns once this node may stay. Blocks, at most as long as an earlier process of this broker may take to go. */
    void await(Session session) throws ClusterJoinException {
        Semaphore changes = new Semaphore(0);
        session.listen(changes::release, state -> {});
        long deadline = clock.monotonicNanos() + duplicateWait.toNanos();
        boolean told = false;
        while (true) {
            String strange = otherCluster(session.members());
            if (strange != null) {
                throw new ClusterJoinException(strange);
            }
            Session.Listed earlier = earlier(session.members());
            if (earlier == null) {
                return;
            }
            String taken = "brokerId=" + local.brokerId() + " is taken by the member at " + earlier.hazelcastAddress()
                    + ", incarnation=" + earlier.member().incarnation();
            if (!told) {
                told = true;
                LOGGER.atWarn()
                        .addKeyValue("error", taken)
                        .addKeyValue("waitMillis", duplicateWait.toMillis())
                        .log("waiting for an earlier process of this broker to go");
            }
            if (!await(changes, deadline - clock.monotonicNanos())) {
                throw new ClusterJoinException(taken + "; stop that one, or give this one a broker id of its own");
            }
        }
    }

    /** What is wrong with being together with these members, or null: after a merge nobody was asked before. */
    @Nullable
    String objection(List<Session.Listed> members) {
        String strange = otherCluster(members);
        if (strange != null) {
            return strange;
        }
        for (Session.Listed listed : members) {
            if (!listed.local() && listed.member().brokerId() == local.brokerId()) {
                return "brokerId=" + local.brokerId() + " is also that of the member at " + listed.hazelcastAddress()
                        + "; stop one of them, and give it a broker id of its own";
            }
        }
        return null;
    }

    /** Of another cluster id than this node's, if both have one. */
    private @Nullable String otherCluster(List<Session.Listed> members) {
        for (Session.Listed listed : members) {
            String theirs = listed.member().clusterId();
            String ours = local.clusterId();
            if (ours != null && theirs != null && !ours.equals(theirs)) {
                return "the members are of another cluster: clusterId=" + theirs + " of broker "
                        + listed.member().brokerId() + " at " + listed.hazelcastAddress() + ", clusterId=" + ours
                        + " of this one; correct the addresses, or begin with an empty data directory";
            }
        }
        return null;
    }

    /** Members are in the order in which they came. */
    private Session.@Nullable Listed earlier(List<Session.Listed> members) {
        for (Session.Listed listed : members) {
            if (listed.local()) {
                return null;
            }
            if (listed.member().brokerId() == local.brokerId()) {
                return listed;
            }
        }
        return null;
    }

    private static boolean await(Semaphore changes, long nanos) throws ClusterJoinException {
        try {
            return changes.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ClusterJoinException("interrupted while waiting for an earlier process of this broker to go");
        }
    }
}
