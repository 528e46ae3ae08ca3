package io.thalweg.cluster.balance;

import org.jspecify.annotations.Nullable;

/**
 * A broker as the planner sees it.
 *
 * @param rack null if it has none; brokers without a rack count as one rack each
 */
public record BalanceBroker(int id, @Nullable String rack, Standing standing) {

    /** What a broker may be given. */
    public enum Standing {
        /** Here: may get replicas and leaders. */
        SERVING,
        /** Gone for less than the grace: keeps its replicas, gets none, leads nothing. */
        ABSENT,
        /** Here, and on its way out: gives everything away. */
        DRAINING,
        /** Gone for longer than the grace: its replicas are to be replaced. */
        LOST
    }

    /** The standing of a broker that has been away for so long; 0 if it is here. */
    public static Standing standing(long absentMillis, long graceMillis, boolean draining) {
        if (absentMillis > graceMillis) {
            return Standing.LOST;
        }
        if (draining) {
            return Standing.DRAINING;
        }
        return absentMillis > 0 ? Standing.ABSENT : Standing.SERVING;
    }
}
