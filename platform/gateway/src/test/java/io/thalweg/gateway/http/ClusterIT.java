package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The cluster's routes, each answer held against the OpenAPI description. Brokers 1 and 2 live, broker 3 is dead; of topic
 * {@code b} partition 0 is well, 1 is under-replicated, 2 is led by the dead broker, 3 is being moved.
 */
class ClusterIT {

    @TempDir
    Path directory;

    private final Controller controller = new Controller();
    private DoorFixture door;

    @BeforeEach
    void start() {
        door = new DoorFixture(
                directory, HttpGatewayConfig.defaults().withInstances(1), FileSystem.system(), this::inACluster);
    }

    @AfterEach
    void stop() {
        door.close();
    }

    /** The real broker, but for what it knows of other nodes. */
    private BrokerApi inACluster(BrokerApi real) {
        return (BrokerApi) Proxy.newProxyInstance(
                ClusterIT.class.getClassLoader(), new Class<?>[] {BrokerApi.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("cluster")) {
                        return view();
                    }
                    if (method.getName().equals("admin")) {
                        return controller;
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private static ClusterView view() {
        List<PartitionView> partitions = List.of(
                new PartitionView(0, 1, 5, List.of(1, 2), List.of(1, 2)),
                new PartitionView(1, 2, 7, List.of(2, 3), List.of(2)),
                new PartitionView(2, 3, 4, List.of(3), List.of(3)),
                new PartitionView(3, 2, 6, List.of(2, 1), List.of(2, 1), List.of(1)));
        return new ClusterView(
                9,
                "cluster",
                2,
                List.of(node(1, true), node(2, true), node(3, false)),
                Map.of(
                        "b",
                        new TopicView("b", new Uuid(1, 2), false, partitions, Map.of()),
                        "a",
                        new TopicView(
                                "a",
                                new Uuid(1, 3),
                                false,
                                List.of(new PartitionView(0, 1, 1, List.of(1), List.of(1))),
                                Map.of())),
                Map.of());
    }

    private static BrokerNode node(int id, boolean alive) {
        return new BrokerNode(id, "r" + id, Map.of("http", new Endpoint("host-" + id, 8080)), alive, id == 3);
    }

    @Test
    void theClusterTellsItsBrokersAndHowManyPartitionsAreUnwell() {
        JsonObject cluster = DoorFixture.object(door.get("/v1/cluster"));

        assertThat(cluster.getInteger("controllerId")).isEqualTo(2);
        assertThat(cluster.getInteger("partitionCount")).isEqualTo(5);
        assertThat(cluster.getInteger("offlinePartitionCount")).isEqualTo(1);
        assertThat(cluster.getInteger("underReplicatedPartitionCount")).isEqualTo(1);
        assertThat(cluster.getInteger("movingPartitionCount")).isEqualTo(1);
        JsonObject second = cluster.getJsonArray("brokers").getJsonObject(1);
        assertThat(second.getBoolean("alive")).isTrue();
        assertThat(second.getBoolean("controller")).isTrue();
        assertThat(second.getInteger("leaderCount")).isEqualTo(2);
        assertThat(second.getInteger("replicaCount")).isEqualTo(3);
        JsonObject third = cluster.getJsonArray("brokers").getJsonObject(2);
        assertThat(third.getBoolean("alive")).isFalse();
        assertThat(third.getBoolean("draining")).isTrue();
        assertThat(DoorFixture.object(door.get("/v1/brokers")).getJsonArray("brokers"))
                .isEqualTo(cluster.getJsonArray("brokers"));
    }

    @Test
    void partitionsComeInPagesInTheOrderOfNames() {
        List<String> seen = new ArrayList<>();
        String from = "";
        do {
            JsonObject page = DoorFixture.object(door.get("/v1/cluster/partitions?limit=2" + from));
            partitions(page).forEach(partition -> seen.add(name(partition)));
            from = page.getString("next") == null ? null : "&from=" + page.getString("next");
        } while (from != null);

        assertThat(seen).containsExactly("a/0", "b/0", "b/1", "b/2", "b/3");
    }

    @Test
    void aPartitionTellsWhoLeadsAndWhoIsBehind() {
        JsonObject page = DoorFixture.object(door.get("/v1/cluster/partitions?topic=b"));
        JsonObject first = partitions(page).get(0);
        JsonObject second = partitions(page).get(1);

        assertThat(first.getInteger("leader")).isEqualTo(1);
        assertThat(first.getInteger("leaderEpoch")).isEqualTo(5);
        assertThat(first.getLong("highWatermark")).isEqualTo(90);
        assertThat(first.getJsonObject("lag")).isEqualTo(new JsonObject().put("2", 10));
        assertThat(second.getValue("highWatermark")).isNull();
        assertThat(second.getJsonObject("lag").getMap()).containsOnlyKeys("3").containsValue(null);
    }

    @ParameterizedTest
    @CsvSource({"offline,b/2", "under-replicated,b/1", "moving,b/3"})
    void partitionsThatAreUnwellAreFound(String state, String name) {
        JsonObject page = DoorFixture.object(door.get("/v1/cluster/partitions?state=" + state));

        assertThat(partitions(page)).extracting(ClusterIT::name).containsExactly(name);
    }

    @ParameterizedTest
    @CsvSource({
        "?state=broken,400",
        "?limit=0,400",
        "?from=b,400",
        "?from=b/x,400",
        "?topic=none,404",
        "?topic=..%2F,400",
        "?what=1,400"
    })
    void whatIsNotUnderstoodIsRefused(String query, int status) {
        assertThat(door.get("/v1/cluster/partitions" + query).statusCode()).isEqualTo(status);
    }

    @Test
    void thePlanIsShownAndTheBalancePausedAndResumed() {
        JsonObject plan = DoorFixture.object(door.get("/v1/cluster/plan"));
        JsonObject paused = DoorFixture.object(door.json("POST", "/v1/cluster/plan", "{\"paused\":true}"));
        JsonObject resumed = DoorFixture.object(door.json("POST", "/v1/cluster/plan", "{\"paused\":false}"));

        assertThat(plan.getBoolean("paused")).isFalse();
        assertThat(plan.getJsonArray("moving").getJsonObject(0).getJsonArray("to"))
                .isEqualTo(new JsonArray().add(1));
        assertThat(plan.getJsonArray("planned").getJsonObject(0).getValue("bytes"))
                .isNull();
        assertThat(paused.getBoolean("paused")).isTrue();
        assertThat(resumed.getBoolean("paused")).isFalse();
        assertThat(door.json("POST", "/v1/cluster/plan", "{}").statusCode()).isEqualTo(400);
        assertThat(door.json("POST", "/v1/cluster/plan", "{\"paused\":1}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void aBrokerIsDrainedAndTakenBackAndAnUnknownOneIsNot() {
        HttpResponse<String> drained = door.json("POST", "/v1/cluster/drain", "{\"broker\":2}");
        assertThat(DoorFixture.object(drained).getBoolean("draining")).isTrue();
        HttpResponse<String> back = door.json("POST", "/v1/cluster/drain", "{\"broker\":1,\"drain\":false}");
        assertThat(DoorFixture.object(back).getBoolean("draining")).isFalse();

        assertThat(controller.drained).containsOnly(Map.entry(2, true), Map.entry(1, false));
        assertThat(door.json("POST", "/v1/cluster/drain", "{\"broker\":8}").statusCode())
                .isEqualTo(404);
        assertThat(door.json("POST", "/v1/cluster/drain", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void movesAreOrderedAndCalledOffAndRefusedOneByOne() {
        HttpResponse<String> ordered = door.json(
                "POST",
                "/v1/cluster/reassign",
                "{\"partitions\":[{\"topic\":\"b\",\"partition\":0,\"replicas\":[2,1]},{\"topic\":\"b\",\"partition\":3}]}");
        assertThat(ordered.statusCode()).isEqualTo(200);
        assertThat(controller.targets)
                .containsOnly(
                        Map.entry(new TopicPartition("b", 0), List.of(2, 1)),
                        Map.entry(new TopicPartition("b", 3), List.of()));

        HttpResponse<String> refused = door.json(
                "POST",
                "/v1/cluster/reassign",
                "{\"partitions\":[{\"topic\":\"b\",\"partition\":9,\"replicas\":[1]}]}");
        assertThat(refused.statusCode()).isEqualTo(207);
        assertThat(DoorFixture.object(refused)
                        .getJsonArray("partitions")
                        .getJsonObject(0)
                        .getString("errorCode"))
                .isEqualTo("UNKNOWN_TOPIC_OR_PARTITION");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{\"partitions\":[]}",
                "{\"partitions\":[{\"topic\":\"b\"}]}",
                "{\"partitions\":[{\"topic\":\"..\",\"partition\":0}]}",
                "{\"partitions\":[{\"topic\":\"b\",\"partition\":0,\"replicas\":[-1]}]}",
                "{\"partitions\":[{\"topic\":\"b\",\"partition\":0},{\"topic\":\"b\",\"partition\":0}]}"
            })
    void anOrderThatIsNotUnderstoodIsRefusedAsAWhole(String body) {
        assertThat(door.json("POST", "/v1/cluster/reassign", body).statusCode()).isEqualTo(400);
        assertThat(controller.targets).isEmpty();
    }

    @Test
    void leadersAreElectedForSomeOrForAll() {
        assertThat(door.json("POST", "/v1/cluster/elect", "{\"partitions\":[{\"topic\":\"b\",\"partition\":0}]}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(door.json("POST", "/v1/cluster/elect", "{}").statusCode()).isEqualTo(207);
    }

    @Test
    void anUncleanElectionNamesItsPartitions() {
        assertThat(door.json("POST", "/v1/cluster/elect", "{\"unclean\":true}").statusCode())
                .isEqualTo(400);
        assertThat(controller.unclean).isNull();

        assertThat(door.json(
                                "POST",
                                "/v1/cluster/elect",
                                "{\"unclean\":true,\"partitions\":[{\"topic\":\"b\",\"partition\":0}]}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(controller.unclean).containsExactly(new TopicPartition("b", 0));
    }

    @Test
    void withoutAControllerOneMayAskAgain() {
        controller.away = true;
        HttpResponse<String> answer = door.get("/v1/cluster/plan");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(DoorFixture.object(answer).getBoolean("retriable")).isTrue();
    }

    private static List<JsonObject> partitions(JsonObject page) {
        JsonArray partitions = page.getJsonArray("partitions");
        List<JsonObject> found = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            found.add(partitions.getJsonObject(i));
        }
        return found;
    }

    private static String name(JsonObject partition) {
        return partition.getString("topic") + "/" + partition.getInteger("partition");
    }

    /** A controller that remembers what it was told. */
    private static final class Controller implements ClusterAdmin {
        @Nullable
        List<TopicPartition> unclean;

        final Map<Integer, Boolean> drained = new ConcurrentHashMap<>();
        final Map<TopicPartition, List<Integer>> targets = new ConcurrentHashMap<>();
        volatile boolean paused;
        volatile boolean away;

        @Override
        public Future<Plan> plan() {
            if (away) {
                return Future.failedFuture(new ThalwegException(ErrorCode.NOT_CONTROLLER, "there is none"));
            }
            TopicPartition moved = new TopicPartition("b", 3);
            return Future.succeededFuture(new Plan(
                    paused,
                    List.of(new Move(moved, List.of(2, 1), List.of(1), 1_000, true)),
                    List.of(new Move(moved, List.of(2, 1), List.of(1, 2), -1, false)),
                    List.of(3)));
        }

        @Override
        public Future<Void> drain(int broker, boolean away) {
            if (broker > 3) {
                return Future.failedFuture(
                        new ThalwegException(ErrorCode.BROKER_ID_NOT_REGISTERED, "no such broker: broker=" + broker));
            }
            drained.put(broker, away);
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> pause(boolean stop) {
            paused = stop;
            return Future.succeededFuture();
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> reassign(Map<TopicPartition, List<Integer>> wanted) {
            Map<TopicPartition, ErrorCode> errors = new HashMap<>();
            wanted.forEach((name, replicas) -> {
                boolean known = name.partition() < 4;
                errors.put(name, known ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                if (known) {
                    targets.put(name, replicas);
                }
            });
            return Future.succeededFuture(errors);
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> electLeaders(@Nullable List<TopicPartition> partitions) {
            Map<TopicPartition, ErrorCode> errors = new TreeMap<>(
                    java.util.Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
            errors.put(new TopicPartition("b", 0), ErrorCode.NONE);
            if (partitions == null) {
                errors.put(new TopicPartition("b", 1), ErrorCode.ELECTION_NOT_NEEDED);
            }
            return Future.succeededFuture(errors);
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> electUncleanLeaders(@Nullable List<TopicPartition> partitions) {
            unclean = partitions;
            return Future.succeededFuture(Map.of(new TopicPartition("b", 0), ErrorCode.NONE));
        }

        @Override
        public List<ReplicationStatus> replication() {
            return List.of(new ReplicationStatus(new TopicPartition("b", 0), 1, 5, 90, 100, Map.of(1, 100L, 2, 90L)));
        }
    }
}
