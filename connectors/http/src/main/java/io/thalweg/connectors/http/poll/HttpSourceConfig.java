package io.thalweg.connectors.http.poll;

import io.thalweg.connectors.http.egress.RequestHeaders;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Settings of an HTTP source; {@code http-source.schema.json} describes each. */
record HttpSourceConfig(
        URI url,
        String topic,
        long intervalMillis,
        HttpMethod method,
        String body,
        MultiMap headers,
        long timeoutMillis,
        int answerBytesMax,
        int redirectsMax,
        boolean conditional,
        JsonPointer records,
        @Nullable JsonPointer key,
        @Nullable JsonPointer timestamp,
        @Nullable JsonPointer id,
        int idsMax,
        @Nullable JsonPointer cursor,
        String cursorParam,
        boolean linkNext,
        int pagesMax) {

    static HttpSourceConfig of(JsonObject config) {
        return new HttpSourceConfig(
                URI.create(config.getString("url")),
                config.getString("topic"),
                config.getLong("interval.ms"),
                HttpMethod.valueOf(config.getString("method")),
                config.getString("body"),
                RequestHeaders.parse(config.getString("headers")),
                config.getLong("timeout.ms"),
                config.getInteger("response.bytes"),
                config.getInteger("redirects.max"),
                config.getBoolean("conditional"),
                JsonPointer.from(config.getString("records.pointer")),
                pointer(config.getString("key.pointer")),
                pointer(config.getString("timestamp.pointer")),
                pointer(config.getString("dedupe.pointer")),
                config.getInteger("dedupe.window"),
                pointer(config.getString("cursor.pointer")),
                config.getString("cursor.param"),
                config.getBoolean("link.next"),
                config.getInteger("pages.max"));
    }

    private static @Nullable JsonPointer pointer(@Nullable String text) {
        return text == null ? null : JsonPointer.from(text);
    }

    @Override
    public String toString() {
        return "HttpSourceConfig[secrets are not shown]";
    }
}
