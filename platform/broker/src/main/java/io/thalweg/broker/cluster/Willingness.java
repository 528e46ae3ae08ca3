package io.thalweg.broker.cluster;

import io.thalweg.environment.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Why this node should be given nothing to lead now, as far as it is not the disk's doing. Confined to the replication loop. */
final class Willingness {

    private final Clock clock;
    private final Set<String> doors;
    private final Duration leadAfter;
    private final Supplier<Set<String>> open;
    private final BooleanSupplier rejoins;

    /** It has begun to hand over; it is a member until it is gone, and the balance would give it all back. */
    private boolean stopping;

    private boolean opened;
    /** When {@link #opened} became true. */
    private long openedNanos;

    /**
     * @param doors without which clients do not reach this node
     * @param leadAfter see {@link ClusterSettings#leadAfter}
     * @param open the doors that are open now
     * @param rejoins whether this node's membership is being made anew
     */
    Willingness(
            Clock clock, Set<String> doors, Duration leadAfter, Supplier<Set<String>> open, BooleanSupplier rejoins) {
        this.clock = clock;
        this.doors = doors;
        this.leadAfter = leadAfter;
        this.open = open;
        this.rejoins = rejoins;
    }

    /** The node is registered, or has opened a door. */
    void look() {
        if (!opened && open.get().containsAll(doors)) {
            opened = true;
            openedNanos = clock.monotonicNanos();
        }
    }

    void stop() {
        stopping = true;
    }

    /** Why it should lead nothing, whoever waits for that; null if there is no reason. */
    @Nullable
    String toLead() {
        if (stopping) {
            return "it is being stopped";
        }
        if (rejoins.getAsBoolean()) {
            return "its membership is being made anew";
        }
        Set<String> there = open.get();
        return there.containsAll(doors) ? null : "its doors are not open yet: open=" + there + " expected=" + doors;
    }

    /** The same where nobody waits: it would be asked again. */
    @Nullable
    String toTakeItsShare() {
        String why = toLead();
        if (why != null) {
            return why;
        }
        look();
        long millis = Duration.ofNanos(clock.monotonicNanos() - openedNanos).toMillis();
        return millis >= leadAfter.toMillis()
                ? null
                : "it has just started: openForMillis=" + millis + " wanted=" + leadAfter.toMillis();
    }
}
