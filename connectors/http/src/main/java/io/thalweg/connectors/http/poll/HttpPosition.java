package io.thalweg.connectors.http.poll;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Where the next question begins. Stored as {@code {"cursor", "next", "etag", "lastModified"}}, each only if there is one,
 * with the ids of {@link SeenIds} beside.
 *
 * @param cursor for the cursor parameter
 * @param next a URL in place of the configured one
 * @param etag of the last answer to the configured URL
 * @param lastModified of the same
 */
record HttpPosition(
        @Nullable String cursor,
        @Nullable String next,
        @Nullable String etag,
        @Nullable String lastModified) {

    static final HttpPosition START = new HttpPosition(null, null, null, null);

    static HttpPosition of(@Nullable JsonObject stored) {
        return stored == null
                ? START
                : new HttpPosition(
                        stored.getString("cursor"),
                        stored.getString("next"),
                        stored.getString("etag"),
                        stored.getString("lastModified"));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        put(json, "cursor", cursor);
        put(json, "next", next);
        put(json, "etag", etag);
        put(json, "lastModified", lastModified);
        return json;
    }

    private static void put(JsonObject json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
