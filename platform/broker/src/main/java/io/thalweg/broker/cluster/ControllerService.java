package io.thalweg.broker.cluster;

import static io.thalweg.broker.cluster.ControllerLink.COMMAND;
import static io.thalweg.broker.cluster.ControllerLink.OFFSET;

import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.Controller.Command;
import io.thalweg.broker.metadata.TopicCommands;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Carries out what other nodes, and this one, ask of the controller. */
final class ControllerService {

    /** Carries one command out. */
    interface Handler {
        Future<JsonObject> handle(int from, JsonObject command);
    }

    private final ReplicatedMetadata metadata;
    private final Controller controller;
    private final Map<String, Handler> handlers = new HashMap<>();

    ControllerService(
            ReplicatedMetadata metadata, Controller controller, TopicCommands topics, BrokerCommands brokers) {
        this.metadata = metadata;
        this.controller = controller;
        on(
                "createTopic",
                (from, json) -> controller
                        .submit(topics.create(
                                CommandCodec.newTopic(json.getJsonObject("topic")), json.getBoolean("validateOnly")))
                        .map(topic -> new JsonObject().put("topic", CommandCodec.encode(topic))));
        on("deleteTopic", (from, json) -> done(topics.delete(json.getString("name"))));
        on(
                "createPartitions",
                (from, json) -> controller
                        .submit(topics.createPartitions(
                                json.getString("name"), json.getInteger("totalCount"), json.getBoolean("validateOnly")))
                        .map(topic -> new JsonObject().put("topic", CommandCodec.encode(topic))));
        on(
                "alterConfigs",
                (from, json) -> done(topics.alterConfigs(
                        json.getString("name"),
                        CommandCodec.configChanges(json.getJsonArray("changes")),
                        json.getBoolean("validateOnly"))));
        on(
                "takeProducerIds",
                (from, json) -> controller
                        .submit(topics.takeProducerIds(json.getInteger("count")))
                        .map(first -> new JsonObject().put("first", first)));
        on(
                "dataGone",
                (from, json) -> done(brokers.dataGone(from, Uuid.fromString(json.getString("topicId")), topics)));
        on("register", (from, json) -> done(brokers.register(from, json)));
        on("reassign", (from, json) -> {
            Map<TopicPartition, List<Integer>> targets = new LinkedHashMap<>();
            JsonArray partitions = json.getJsonArray("partitions");
            for (int i = 0; i < partitions.size(); i++) {
                JsonObject one = partitions.getJsonObject(i);
                targets.put(CommandCodec.topicPartition(one), CommandCodec.ints(one.getJsonArray("replicas")));
            }
            return controller.submit(MoveCommands.order(targets)).map(ClusterAdminApi::encode);
        });
        on("drain", (from, json) -> done(brokers.drain(json.getInteger("broker"), json.getBoolean("away"))));
        on("pause", (from, json) -> done(brokers.pause(json.getBoolean("paused"))));
    }

    /** What the balancer answers, and what operators want to be led otherwise. */
    void balancer(Balancer balancer, OperatorElections elections) {
        on(
                "plan",
                (from, json) ->
                        controller.submit(asController(balancer::preview)).map(ClusterAdminApi::encode));
        on("electLeaders", (from, json) -> elect(json, elections::preferred));
        on("electUncleanLeaders", (from, json) -> elect(json, elections::unclean));
    }

    private Future<JsonObject> elect(
            JsonObject json,
            Function<@Nullable List<TopicPartition>, Future<Map<TopicPartition, ErrorCode>>> election) {
        JsonArray wanted = json.getJsonArray("partitions");
        List<TopicPartition> partitions = wanted == null ? null : new ArrayList<>();
        for (int i = 0; partitions != null && i < wanted.size(); i++) {
            partitions.add(CommandCodec.topicPartition(wanted.getJsonObject(i)));
        }
        return controller
                .submit(asController(() -> election.apply(partitions)))
                .compose(started -> started)
                .map(ClusterAdminApi::encode);
    }

    /** A question to the controller alone, that changes no metadata. */
    private static <T> Command<T> asController(Supplier<T> question) {
        return state -> {
            T answer = question.get();
            return new Controller.Decision<>(List.of(), image -> answer);
        };
    }

    /** One more command. Before the node serves. */
    void on(String command, Handler handler) {
        handlers.put(command, handler);
    }

    Future<JsonObject> done(Command<?> command) {
        return controller.submit(command).map(nothing -> new JsonObject());
    }

    void serve(PeerRpc rpc) {
        rpc.handle(PeerMethods.CONTROLLER, this::answer);
    }

    private Future<Buffer> answer(int from, Buffer body) {
        JsonObject command;
        try {
            command = CommandCodec.parse(body);
        } catch (ThalwegException malformed) {
            return Future.failedFuture(malformed);
        }
        Handler handler = handlers.get(command.getString(COMMAND, ""));
        if (handler == null) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "the controller does not know this command: command=" + command.getString(COMMAND)
                            + "; it may be of an older version"));
        }
        try {
            return handler.handle(from, command)
                    .map(answer -> answer.put(OFFSET, metadata.applied()).toBuffer());
        } catch (ClassCastException | NullPointerException | IllegalArgumentException malformed) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.INVALID_REQUEST,
                    "a command for the controller is not readable: command=" + command.getString(COMMAND) + ": "
                            + malformed,
                    malformed));
        }
    }
}
