package io.thalweg.connectors.file.write;

import io.vertx.core.json.JsonObject;

/**
 * What is durable of one topic-partition.
 *
 * @param connector whose it is
 * @param file name without {@code .inprogress}; empty if no file was begun yet, as every record was refused
 * @param layout what the file's contents depend on, {@link FileSinkConfig#layout}
 * @param complete the file is or is about to be renamed, and nothing is added to it
 * @param length bytes of the file that count
 * @param records in those bytes
 * @param nextOffset after the last record in them
 * @param begunMillis when the file was begun
 */
record SinkState(
        String connector,
        String file,
        String layout,
        boolean complete,
        long length,
        long records,
        long nextOffset,
        long begunMillis) {

    private static final int VERSION = 1;

    static SinkState of(JsonObject json) {
        int version = json.getInteger("version", 0);
        if (version != VERSION) {
            throw new IllegalArgumentException("version: found=" + version + " expected=" + VERSION);
        }
        SinkState state = new SinkState(
                json.getString("connector"),
                json.getString("file"),
                json.getString("layout"),
                json.getBoolean("complete"),
                json.getLong("length"),
                json.getLong("records"),
                json.getLong("nextOffset"),
                json.getLong("begun"));
        boolean plain = state.file.indexOf('/') < 0 && (state.complete || !state.file.isEmpty());
        if (!plain || state.length < 0 || state.nextOffset < 0) {
            throw new IllegalArgumentException(
                    "file=" + state.file + " length=" + state.length + " nextOffset=" + state.nextOffset);
        }
        return state;
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("version", VERSION)
                .put("connector", connector)
                .put("file", file)
                .put("layout", layout)
                .put("complete", complete)
                .put("length", length)
                .put("records", records)
                .put("nextOffset", nextOffset)
                .put("begun", begunMillis);
    }
}
