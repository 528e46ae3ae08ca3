package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.http.GroupsAdmin;
import io.thalweg.gateway.http.TopicsAdmin;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * {@code admin.topics.*} and {@code admin.groups.*}: the bodies and answers of the HTTP routes. What a route names in its
 * path ({@code topic}, {@code group}) or query ({@code dryRun}, {@code internal}) is a member of the body here. Stateless.
 */
final class AdminAddresses {

    private final TopicsAdmin topics;
    private final GroupsAdmin groups;

    AdminAddresses(Vertx vertx, DoorContext door) {
        this.topics = new TopicsAdmin(door.broker());
        this.groups = new GroupsAdmin(vertx, door.broker());
    }

    /** Every address that is served. */
    static List<String> all() {
        return List.of(
                "admin.topics.list",
                "admin.topics.create",
                "admin.topics.describe",
                "admin.topics.alter",
                "admin.topics.delete",
                "admin.groups.list",
                "admin.groups.describe",
                "admin.groups.delete",
                "admin.groups.reset");
    }

    Future<JsonWriter> topics(String address, String verb, byte[] body) {
        JsonMembers members = JsonMembers.of(body);
        return switch (verb) {
            case "list" -> {
                members.allowOnly("internal");
                yield Future.succeededFuture(topics.list(flag(members, "internal")));
            }
            case "create" -> {
                boolean dryRun = flag(members, "dryRun");
                yield topics.create(members.without("dryRun"), dryRun).map(TopicsAdmin::summary);
            }
            case "describe" -> topics.describe(only(members, "topic"));
            case "alter" -> {
                boolean dryRun = flag(members, "dryRun");
                yield topics.alter(members.requiredString("topic"), members.without("topic", "dryRun"), dryRun);
            }
            case "delete" -> topics.delete(only(members, "topic")).map(done -> Subscriptions.empty());
            default -> throw BridgeMessages.denied(address);
        };
    }

    Future<JsonWriter> groups(String address, String verb, byte[] body) {
        JsonMembers members = JsonMembers.of(body);
        return switch (verb) {
            case "list" -> {
                members.allowOnly();
                yield groups.list();
            }
            case "describe" -> groups.describe(only(members, "group"));
            case "delete" -> groups.delete(only(members, "group")).map(done -> Subscriptions.empty());
            case "reset" -> {
                boolean dryRun = flag(members, "dryRun");
                yield groups.resetOffsets(members.requiredString("group"), members.without("group", "dryRun"), dryRun);
            }
            default -> throw BridgeMessages.denied(address);
        };
    }

    private static String only(JsonMembers members, String name) {
        return members.allowOnly(name).requiredString(name);
    }

    private static boolean flag(JsonMembers members, String name) {
        byte[] raw = members.raw(name);
        if (raw == null || !members.has(name)) {
            return false;
        }
        return switch (raw[0]) {
            case 't' -> true;
            case 'f' -> false;
            default -> throw new ThalwegException(ErrorCode.INVALID_REQUEST, name + " must be true or false");
        };
    }
}
