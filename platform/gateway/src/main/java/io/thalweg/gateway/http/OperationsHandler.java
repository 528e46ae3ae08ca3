package io.thalweg.gateway.http;

import io.thalweg.gateway.json.JsonWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Health, metrics and the description of the interface itself. */
final class OperationsHandler {
    private static final CharSequence PROMETHEUS =
            HttpHeaders.createOptimized("text/plain; version=0.0.4; charset=utf-8");
    private static final String DESCRIPTION = "openapi.json";

    private final DoorContext door;
    private final Buffer openApi = load();

    OperationsHandler(DoorContext door) {
        this.door = door;
    }

    /** The process runs and this event loop turns. */
    void live(HttpServerRequest request) {
        door.answers()
                .json(
                        request,
                        200,
                        new JsonWriter().beginObject().field("status", "UP").endObject());
    }

    void ready(HttpServerRequest request) {
        Readiness readiness = door.draining()
                ? Readiness.notReady("the HTTP door is closing")
                : door.config().readiness().get();
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .field("status", readiness.ready() ? "UP" : "DOWN")
                .name("reasons")
                .beginArray();
        readiness.reasons().forEach(json::value);
        door.answers()
                .json(request, readiness.ready() ? 200 : 503, json.endArray().endObject());
    }

    void metrics(HttpServerRequest request) {
        door.answers()
                .send(
                        request,
                        200,
                        PROMETHEUS,
                        Buffer.buffer(door.config().metricsText().get()));
    }

    void openApi(HttpServerRequest request) {
        door.answers().send(request, 200, Answers.JSON, openApi);
    }

    private static Buffer load() {
        try (InputStream in = OperationsHandler.class.getResourceAsStream(DESCRIPTION)) {
            if (in == null) {
                throw new IllegalStateException("resource is missing: " + DESCRIPTION);
            }
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
