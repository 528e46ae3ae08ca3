package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** {@link ClusterAdmin} through the controller and the ownership map. */
final class ClusterAdminApi implements ClusterAdmin {

    private final ControllerLink controller;
    private final OwnershipMap ownership;
    private final Supplier<ClusterView> view;

    ClusterAdminApi(ControllerLink controller, OwnershipMap ownership, Supplier<ClusterView> view) {
        this.controller = controller;
        this.ownership = ownership;
        this.view = view;
    }

    @Override
    public Future<Plan> plan() {
        return controller.submit(ControllerLink.command("plan")).map(ClusterAdminApi::plan);
    }

    @Override
    public Future<Void> drain(int broker, boolean away) {
        return controller
                .submit(ControllerLink.command("drain").put("broker", broker).put("away", away))
                .mapEmpty();
    }

    @Override
    public Future<Void> pause(boolean paused) {
        return controller
                .submit(ControllerLink.command("pause").put("paused", paused))
                .mapEmpty();
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> reassign(Map<TopicPartition, List<Integer>> targets) {
        JsonArray all = new JsonArray();
        targets.forEach((partition, replicas) ->
                all.add(CommandCodec.encode(partition).put("replicas", CommandCodec.ints(replicas))));
        return controller
                .submit(ControllerLink.command("reassign").put("partitions", all))
                .map(ClusterAdminApi::errors);
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> electLeaders(@Nullable List<TopicPartition> partitions) {
        return elect("electLeaders", partitions);
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> electUncleanLeaders(@Nullable List<TopicPartition> partitions) {
        return elect("electUncleanLeaders", partitions);
    }

    private Future<Map<TopicPartition, ErrorCode>> elect(String name, @Nullable List<TopicPartition> partitions) {
        JsonObject command = ControllerLink.command(name);
        if (partitions != null) {
            JsonArray all = new JsonArray();
            partitions.forEach(partition -> all.add(CommandCodec.encode(partition)));
            command.put("partitions", all);
        }
        return controller.submit(command).map(ClusterAdminApi::errors);
    }

    @Override
    public List<ReplicationStatus> replication() {
        ClusterView now = view.get();
        List<ReplicationStatus> all = new ArrayList<>();
        for (Ownership entry : ownership.ownerships().values()) {
            String topic = now.topicName(PartitionIds.topicId(entry.partition()));
            if (topic != null) {
                Map<Integer, Long> ends = new HashMap<>();
                for (int i = 0; i < entry.replicas().size(); i++) {
                    if (entry.replicaEnds().get(i) >= 0) {
                        ends.put(entry.replicas().get(i), entry.replicaEnds().get(i));
                    }
                }
                all.add(new ReplicationStatus(
                        new TopicPartition(topic, entry.partition().partition()),
                        entry.leader(),
                        entry.leaderEpoch(),
                        entry.highWatermark(),
                        entry.logEndOffset(),
                        ends));
            }
        }
        return all;
    }

    static JsonObject encode(Plan plan) {
        return new JsonObject()
                .put("paused", plan.paused())
                .put("moving", moves(plan.moving()))
                .put("planned", moves(plan.planned()))
                .put("draining", CommandCodec.ints(plan.draining()));
    }

    private static JsonArray moves(List<Move> moves) {
        JsonArray all = new JsonArray();
        for (Move move : moves) {
            all.add(CommandCodec.encode(move.partition())
                    .put("from", CommandCodec.ints(move.from()))
                    .put("to", CommandCodec.ints(move.to()))
                    .put("bytes", move.bytes())
                    .put("ordered", move.ordered()));
        }
        return all;
    }

    private static Plan plan(JsonObject json) {
        return new Plan(
                json.getBoolean("paused"),
                moves(json.getJsonArray("moving")),
                moves(json.getJsonArray("planned")),
                CommandCodec.ints(json.getJsonArray("draining")));
    }

    private static List<Move> moves(JsonArray json) {
        List<Move> moves = new ArrayList<>(json.size());
        for (int i = 0; i < json.size(); i++) {
            JsonObject move = json.getJsonObject(i);
            moves.add(new Move(
                    CommandCodec.topicPartition(move),
                    CommandCodec.ints(move.getJsonArray("from")),
                    CommandCodec.ints(move.getJsonArray("to")),
                    move.getLong("bytes"),
                    move.getBoolean("ordered")));
        }
        return moves;
    }

    static JsonObject encode(Map<TopicPartition, ErrorCode> errors) {
        JsonArray all = new JsonArray();
        errors.forEach(
                (partition, error) -> all.add(CommandCodec.encode(partition).put("error", (int) error.code())));
        return new JsonObject().put("errors", all);
    }

    private static Map<TopicPartition, ErrorCode> errors(JsonObject json) {
        Map<TopicPartition, ErrorCode> errors = new HashMap<>();
        JsonArray all = json.getJsonArray("errors");
        for (int i = 0; i < all.size(); i++) {
            JsonObject one = all.getJsonObject(i);
            errors.put(
                    CommandCodec.topicPartition(one),
                    ErrorCode.of(one.getInteger("error").shortValue()));
        }
        return errors;
    }
}
