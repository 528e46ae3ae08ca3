package io.thalweg.connectors.process;

import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where a source stands: the last position that the child gave, how many records were handed over since, and which positions
 * wait for their acknowledgement. As the runtime stores it: {@code {"position": any, "records": count}}. Confined to the
 * task's context; only the queue of positions is shared by what {@link #after} returns.
 */
final class SourcePosition {

    /** A runtime that stores none of so many positions acknowledges the older ones by a later one. */
    private static final int UNACKNOWLEDGED_MAX = 10_000;

    private final boolean exact;
    private final @Nullable Object position;
    private final long recordsBehind;
    private final ArrayDeque<Object> unacknowledged;

    private SourcePosition(
            boolean exact, @Nullable Object position, long recordsBehind, ArrayDeque<Object> unacknowledged) {
        this.exact = exact;
        this.position = position;
        this.recordsBehind = recordsBehind;
        this.unacknowledged = unacknowledged;
    }

    static SourcePosition beginning(boolean exact) {
        return new SourcePosition(exact, null, 0, new ArrayDeque<>());
    }

    /** @param exact whether records behind a position are counted: the source gives the same ones again */
    static SourcePosition stored(@Nullable JsonObject offset, boolean exact) {
        if (offset == null) {
            return beginning(exact);
        }
        long records = exact ? offset.getLong("records", 0L) : 0;
        return new SourcePosition(exact, offset.getValue("position"), records, new ArrayDeque<>());
    }

    SourcePosition after(SourceBuffer.Taken taken) {
        Object complete = taken.position();
        if (complete == null) {
            return new SourcePosition(
                    exact, position, exact ? recordsBehind + taken.recordsBehind() : 0, unacknowledged);
        }
        // A position that is given again is acknowledged once.
        if (!complete.equals(position)) {
            if (unacknowledged.size() == UNACKNOWLEDGED_MAX) {
                unacknowledged.removeFirst();
            }
            unacknowledged.addLast(complete);
        }
        return new SourcePosition(exact, complete, exact ? taken.recordsBehind() : 0, unacknowledged);
    }

    JsonObject offset() {
        JsonObject offset = new JsonObject().put("position", position);
        return recordsBehind == 0 ? offset : offset.put("records", recordsBehind);
    }

    /** The position that a stored offset acknowledges; null if it, or a later one, was acknowledged before. */
    @Nullable
    Object acknowledge(JsonObject offset) {
        Object stored = offset.getValue("position");
        if (stored == null || !unacknowledged.contains(stored)) {
            return null;
        }
        while (!stored.equals(unacknowledged.removeFirst())) {
            // Covered by the later one.
        }
        return stored;
    }

    @Nullable
    Object position() {
        return position;
    }

    long recordsBehind() {
        return recordsBehind;
    }

    /** Whether the position is stored by the runtime, and what it covers is in the log. */
    boolean isDurable() {
        return unacknowledged.isEmpty();
    }
}
