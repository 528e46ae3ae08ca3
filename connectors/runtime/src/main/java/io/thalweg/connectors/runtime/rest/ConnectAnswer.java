package io.thalweg.connectors.runtime.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What a route answers.
 *
 * @param body null for none
 * @param location of what was created, or null
 */
record ConnectAnswer(
        int status, @Nullable Buffer body, @Nullable String location) {

    static ConnectAnswer ok(Object json) {
        return new ConnectAnswer(200, Json.encodeToBuffer(json), null);
    }

    static ConnectAnswer ok() {
        return empty(200);
    }

    static ConnectAnswer created(String location, Object json) {
        return new ConnectAnswer(201, Json.encodeToBuffer(json), location);
    }

    static ConnectAnswer accepted(Object json) {
        return new ConnectAnswer(202, Json.encodeToBuffer(json), null);
    }

    static ConnectAnswer noContent() {
        return empty(204);
    }

    static ConnectAnswer empty(int status) {
        return new ConnectAnswer(status, null, null);
    }
}
