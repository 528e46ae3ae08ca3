package io.thalweg.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/** {@code /v1/groups}, {@code /v1/groups/{group}} and its offsets. */
final class GroupsHandler {
    private final DoorContext door;
    private final AdminBody bodies;
    private final GroupsAdmin groups;

    GroupsHandler(Vertx vertx, DoorContext door, AdminBody bodies) {
        this.door = door;
        this.bodies = bodies;
        this.groups = new GroupsAdmin(vertx, door.broker());
    }

    void list(HttpServerRequest request) {
        QueryParameters.of(request);
        groups.list()
                .onComplete(
                        json -> door.answers().json(request, 200, json),
                        failure -> door.answers().problem(request, failure));
    }

    void describe(HttpServerRequest request, String groupId) {
        QueryParameters.of(request);
        groups.describe(groupId)
                .onComplete(
                        json -> door.answers().json(request, 200, json),
                        failure -> door.answers().problem(request, failure));
    }

    void delete(HttpServerRequest request, String groupId) {
        QueryParameters.of(request);
        groups.delete(groupId)
                .onComplete(
                        deleted -> door.answers().empty(request, 204),
                        failure -> door.answers().problem(request, failure));
    }

    void resetOffsets(HttpServerRequest request, String groupId) {
        boolean dryRun = QueryParameters.of(request, "dryRun").flag("dryRun");
        bodies.read(request)
                .compose(body -> groups.resetOffsets(groupId, body, dryRun))
                .onComplete(
                        json -> door.answers().json(request, 200, json),
                        failure -> door.answers().problem(request, failure));
    }
}
