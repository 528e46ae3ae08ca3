package io.thalweg.connectors.process.message;

import io.thalweg.connectors.api.SourceRecord;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a child said. */
public sealed interface ChildMessage {

    /**
     * The first message of a native child.
     *
     * @param versions of the protocol that it speaks
     * @param configSchema of its settings; null if it has none
     * @param replays whether it gives the same records in the same order again from a position
     */
    record Hello(List<Integer> versions, @Nullable JsonObject configSchema, boolean replays) implements ChildMessage {
        public Hello {
            versions = List.copyOf(versions);
        }
    }

    /**
     * Records, and where the source stands after the last of them.
     *
     * @param bytes of keys and values
     * @param position any JSON value as Vert.x has it; null if it did not move
     */
    record Records(
            List<SourceRecord> records, int bytes, @Nullable Object position) implements ChildMessage {}

    /** A sink made everything durable up to this frame (native: its id; Singer: the id in the state it gave back). */
    record Ack(long id) implements ChildMessage {}

    /** A sink refuses one record of a frame for good. */
    record Refuse(long id, int index, String reason) implements ChildMessage {}

    record Log(String level, String message) implements ChildMessage {}

    /** The child gives up. */
    record GaveUp(String message, boolean retriable) implements ChildMessage {}

    /** Nothing that this version knows, or nothing to do: ignored. */
    record Ignored() implements ChildMessage {
        static final Ignored INSTANCE = new Ignored();
    }
}
