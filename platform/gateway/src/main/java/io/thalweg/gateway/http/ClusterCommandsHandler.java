package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterAdmin.Move;
import io.thalweg.broker.api.ClusterAdmin.Plan;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** {@code /v1/cluster/plan}, {@code drain}, {@code reassign} and {@code elect}: what the controller is asked for. */
final class ClusterCommandsHandler {
    private final DoorContext door;
    private final AdminBody bodies;

    ClusterCommandsHandler(Vertx vertx, DoorContext door) {
        this.door = door;
        this.bodies = new AdminBody(vertx, door.config().limits());
    }

    private ClusterAdmin admin() {
        return door.broker().admin();
    }

    /** What is being moved and what would be next. */
    void plan(HttpServerRequest request) {
        QueryParameters.of(request);
        answer(request, admin().plan().map(ClusterCommandsHandler::plan));
    }

    /** {@code {"paused": true}}: stops the balance, or lets it go on. */
    void pause(HttpServerRequest request) {
        QueryParameters.of(request);
        answer(
                request,
                bodies.read(request)
                        .map(body -> flag(body.allowOnly("paused"), "paused", null))
                        .compose(admin()::pause)
                        .compose(done -> admin().plan())
                        .map(ClusterCommandsHandler::plan));
    }

    /** {@code {"broker": 2, "drain": true}}. */
    void drain(HttpServerRequest request) {
        QueryParameters.of(request);
        answer(request, bodies.read(request).compose(body -> {
            body.allowOnly("broker", "drain");
            if (!body.has("broker")) {
                throw HttpProblem.invalid("member broker is missing");
            }
            int broker = body.integer("broker", 0, 0, Integer.MAX_VALUE);
            boolean away = flag(body, "drain", true);
            return admin().drain(broker, away)
                    .map(new JsonWriter()
                            .beginObject()
                            .field("broker", broker)
                            .field("draining", away)
                            .endObject());
        }));
    }

    /** {@code {"partitions": [{"topic", "partition", "replicas"}]}}; no replicas call a move off. */
    void reassign(HttpServerRequest request) {
        QueryParameters.of(request);
        answerEach(
                request,
                bodies.read(request)
                        .map(body -> targets(body.allowOnly("partitions")))
                        .compose(admin()::reassign));
    }

    /** {@code {"partitions": [{"topic", "partition"}], "unclean": false}}, or all; unclean ones are named. */
    void elect(HttpServerRequest request) {
        QueryParameters.of(request);
        answerEach(request, bodies.read(request).compose(body -> {
            List<TopicPartition> named = named(body.allowOnly("partitions", "unclean"));
            if (!flag(body, "unclean", false)) {
                return admin().electLeaders(named);
            }
            if (named == null) {
                throw HttpProblem.invalid("partitions is missing; records may be lost, so name those that you mean");
            }
            return admin().electUncleanLeaders(named);
        }));
    }

    private static Map<TopicPartition, List<Integer>> targets(JsonMembers body) {
        List<JsonMembers> partitions = body.objects("partitions");
        if (partitions == null || partitions.isEmpty()) {
            throw HttpProblem.invalid("partitions is missing or empty");
        }
        Map<TopicPartition, List<Integer>> targets = new LinkedHashMap<>();
        for (JsonMembers partition : partitions) {
            TopicPartition name = name(partition.allowOnly("topic", "partition", "replicas"));
            List<Integer> replicas = new ArrayList<>();
            List<Long> given = partition.integers("replicas");
            for (long replica : given == null ? List.<Long>of() : given) {
                if (replica < 0 || replica > Integer.MAX_VALUE) {
                    throw HttpProblem.invalid("replicas has " + replica + "; the id of a broker expected");
                }
                replicas.add((int) replica);
            }
            if (targets.put(name, replicas) != null) {
                throw HttpProblem.invalid("partition=" + name + " comes twice");
            }
        }
        return targets;
    }

    private static @Nullable List<TopicPartition> named(JsonMembers body) {
        List<JsonMembers> partitions = body.objects("partitions");
        if (partitions == null) {
            return null;
        }
        List<TopicPartition> names = new ArrayList<>();
        partitions.forEach(partition -> names.add(name(partition.allowOnly("topic", "partition"))));
        return names;
    }

    private static TopicPartition name(JsonMembers partition) {
        String topic = TopicNames.checked(partition.requiredString("topic"));
        if (!partition.has("partition")) {
            throw HttpProblem.invalid("member partition is missing");
        }
        return new TopicPartition(topic, partition.integer("partition", 0, 0, Integer.MAX_VALUE));
    }

    /** @param absent null if it must be there */
    private static boolean flag(JsonMembers body, String name, @Nullable Boolean absent) {
        String found = body.has(name) ? new String(raw(body, name), StandardCharsets.US_ASCII) : null;
        if (found == null && absent != null) {
            return absent;
        }
        if (found == null || !(found.equals("true") || found.equals("false"))) {
            throw HttpProblem.invalid("member " + name + " must be true or false");
        }
        return found.equals("true");
    }

    private static byte[] raw(JsonMembers body, String name) {
        byte[] text = body.raw(name);
        return text == null ? new byte[0] : text;
    }

    private static JsonWriter plan(Plan plan) {
        JsonWriter json = new JsonWriter(1024);
        json.beginObject().field("paused", plan.paused()).name("draining").beginArray();
        plan.draining().forEach(broker -> json.value(broker));
        json.endArray();
        moves(json, "moving", plan.moving());
        moves(json, "planned", plan.planned());
        return json.endObject();
    }

    private static void moves(JsonWriter json, String name, List<Move> moves) {
        json.name(name).beginArray();
        for (Move move : moves) {
            json.beginObject()
                    .field("topic", move.partition().topic())
                    .field("partition", move.partition().partition())
                    .name("from")
                    .beginArray();
            move.from().forEach(broker -> json.value(broker));
            json.endArray().name("to").beginArray();
            move.to().forEach(broker -> json.value(broker));
            json.endArray().name("bytes");
            if (move.bytes() < 0) {
                json.nullValue();
            } else {
                json.value(move.bytes());
            }
            json.field("ordered", move.ordered()).endObject();
        }
        json.endArray();
    }

    private void answer(HttpServerRequest request, Future<JsonWriter> outcome) {
        outcome.onComplete(
                json -> door.answers().json(request, 200, json),
                failure -> door.answers().problem(request, failure));
    }

    /** 207 if some of the partitions were refused. */
    private void answerEach(HttpServerRequest request, Future<Map<TopicPartition, ErrorCode>> outcome) {
        outcome.onComplete(
                errors -> {
                    JsonWriter json = new JsonWriter(1024);
                    json.beginObject().name("partitions").beginArray();
                    boolean refused = false;
                    for (Map.Entry<TopicPartition, ErrorCode> entry : errors.entrySet()) {
                        ErrorCode error = entry.getValue();
                        refused |= error != ErrorCode.NONE;
                        json.beginObject()
                                .field("topic", entry.getKey().topic())
                                .field("partition", entry.getKey().partition())
                                .field("errorCode", error == ErrorCode.NONE ? null : error.name())
                                .endObject();
                    }
                    door.answers()
                            .json(request, refused ? 207 : 200, json.endArray().endObject());
                },
                failure -> door.answers().problem(request, failure));
    }
}
