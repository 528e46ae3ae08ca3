package io.thalweg.connectors.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Reads one share of a source. */
public interface SourceTask {

    /** Opens the source at {@link SourceTaskContext#position}. */
    Future<Void> start(SourceTaskContext context);

    /**
     * The next records, in order. Completes when there is at least one, or, with an empty batch, after a while without
     * any (a second or so), so that a stop is heard.
     *
     * <p>An exact source whose next records may be others tomorrow (the oldest file, the newest message) first answers an empty
     * batch with the position of their beginning. That is stored before any record behind it is appended, so that a
     * task that dies goes on with the same records.
     *
     * @param recordsMax credit in records, at least 1
     * @param bytesMax credit in bytes of keys and values; one record may exceed it
     */
    Future<SourceBatch> poll(int recordsMax, int bytesMax);

    /**
     * Everything up to this position is in the log, and the position is stored: the source may forget it. Later positions
     * may skip earlier ones. A failure is logged and the task goes on: the next position covers this one.
     */
    default Future<Void> committed(JsonObject partition, JsonObject offset) {
        return Future.succeededFuture();
    }

    /**
     * Releases everything; also after a failed start. The last call. It does not wait for ever for what is under way: if a
     * start or poll is then, that is to end, and what it still opens is to be closed.
     */
    Future<Void> stop();
}
