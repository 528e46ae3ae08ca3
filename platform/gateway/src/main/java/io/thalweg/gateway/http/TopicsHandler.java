package io.thalweg.gateway.http;

import io.vertx.core.http.HttpServerRequest;

/** {@code /v1/topics} and what is below it, except records. */
final class TopicsHandler {
    private final DoorContext door;
    private final AdminBody bodies;
    private final TopicsAdmin topics;

    TopicsHandler(DoorContext door, AdminBody bodies) {
        this.door = door;
        this.bodies = bodies;
        this.topics = new TopicsAdmin(door.broker());
    }

    void list(HttpServerRequest request) {
        boolean internal = QueryParameters.of(request, "internal").flag("internal");
        door.answers().json(request, 200, topics.list(internal));
    }

    void create(HttpServerRequest request) {
        QueryParameters query = QueryParameters.of(request, "dryRun");
        boolean dryRun = query.flag("dryRun");
        bodies.read(request)
                .compose(body -> topics.create(body, dryRun))
                .onComplete(
                        topic -> {
                            if (!dryRun) {
                                request.response().putHeader("Location", "/v1/topics/" + topic.name());
                            }
                            door.answers().json(request, dryRun ? 200 : 201, TopicsAdmin.summary(topic));
                        },
                        failure -> door.answers().problem(request, failure));
    }

    void describe(HttpServerRequest request, String name) {
        QueryParameters.of(request);
        topics.describe(name)
                .onComplete(
                        json -> door.answers().json(request, 200, json),
                        failure -> door.answers().problem(request, failure));
    }

    void alter(HttpServerRequest request, String name) {
        boolean dryRun = QueryParameters.of(request, "dryRun").flag("dryRun");
        ReadHandler.existing(door, name);
        bodies.read(request)
                .compose(body -> topics.alter(name, body, dryRun))
                .onComplete(
                        json -> door.answers().json(request, 200, json),
                        failure -> door.answers().problem(request, failure));
    }

    void repair(HttpServerRequest request, String name, String partition) {
        boolean confirmed = QueryParameters.of(request, "confirm").flag("confirm");
        int index = partitionIndex(partition);
        bodies.read(request)
                .compose(body -> topics.repair(name, index, body, confirmed))
                .onComplete(
                        json -> door.answers().json(request, 200, json),
                        failure -> door.answers().problem(request, failure));
    }

    private static int partitionIndex(String text) {
        try {
            int index = Integer.parseInt(text);
            if (index >= 0) {
                return index;
            }
        } catch (NumberFormatException notANumber) {
            // Told below.
        }
        throw HttpProblem.invalid("a partition is a number from 0 on: found=" + HttpProblem.shown(text));
    }

    void delete(HttpServerRequest request, String name) {
        QueryParameters.of(request);
        topics.delete(name)
                .onComplete(
                        deleted -> door.answers().empty(request, 204),
                        failure -> door.answers().problem(request, failure));
    }
}
