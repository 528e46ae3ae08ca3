package io.thalweg.connectors.runtime.spread;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.Follower;
import io.thalweg.connectors.runtime.FreezableBroker;
import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.SplitSource;
import io.thalweg.connectors.runtime.SplitSource.Event;
import io.thalweg.connectors.runtime.SpreadCluster;
import io.thalweg.connectors.runtime.herder.ConnectorView;
import io.thalweg.connectors.runtime.herder.Herder;
import io.thalweg.connectors.runtime.plugin.ConnectorConfig;
import io.thalweg.connectors.runtime.store.TargetState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several nodes over one log: tasks are spread over them, move when one comes, goes, or is paused for longer than its session,
 * and never run twice; what an exact source tells is in the log once, also when the paused node comes back.
 */
@Timeout(180)
final class SpreadIT {

    private static final int SESSION_MILLIS = 6_000;
    private static final int TASKS = 6;
    private static final String TOPIC = "numbers";

    @TempDir
    Path directory;

    private final SplitSource.Witness witness = new SplitSource.Witness();
    private final Map<Integer, FreezableBroker> brokers = new TreeMap<>();
    private final Map<Integer, ConnectorsMember> members = new TreeMap<>();
    private SpreadCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new SpreadCluster(directory.resolve("data"));
        cluster.create(TOPIC, 3);
    }

    @AfterEach
    void stop() throws Exception {
        brokers.values().forEach(FreezableBroker::thaw);
        for (ConnectorsMember member : members.values()) {
            cluster.await(member.close());
        }
        cluster.close();
    }

    // ---- the nodes

    private void join(int id) {
        FreezableBroker broker = brokers.computeIfAbsent(id, made -> cluster.broker());
        RuntimeConfig config = RuntimeConfig.defaults().withWorkerId(() -> "w" + id);
        members.put(
                id,
                ConnectorsMember.join(
                        cluster.vertx(),
                        cluster.client(broker),
                        id,
                        config,
                        List.of(new SplitSource(id, witness)),
                        Future.succeededFuture(),
                        SESSION_MILLIS));
    }

    private void leave(int id) throws Exception {
        cluster.await(members.remove(id).close());
    }

    /** Of the nodes that are not paused. */
    private int leader(Set<Integer> paused) {
        for (Map.Entry<Integer, ConnectorsMember> member : members.entrySet()) {
            if (!paused.contains(member.getKey()) && member.getValue().running() != null) {
                return member.getKey();
            }
        }
        return -1;
    }

    private Herder herder(Set<Integer> paused) {
        int leader = leader(paused);
        ConnectorsRuntime runtime = leader < 0 ? null : members.get(leader).running();
        return runtime == null ? null : runtime.herder();
    }

    private void untilLed() throws Exception {
        cluster.until("a leader", () -> leader(Set.of()) >= 0);
    }

    private void put(String name, int tasks) throws Exception {
        JsonObject config = new JsonObject()
                .put("name", name)
                .put("connector.class", "split")
                .put("topic", TOPIC)
                .put("tasks.max", tasks)
                .put("offset.flush.interval.ms", 20);
        cluster.await(herder(Set.of()).put(ConnectorConfig.from(config), true, TargetState.STARTED, ""));
    }

    // ---- what is seen

    /** Tasks that run, counted by node; empty while one of the connector's does not run. */
    private Map<String, Integer> running(Set<Integer> paused, String name) throws Exception {
        Herder herder = herder(paused);
        if (herder == null) {
            return Map.of();
        }
        Map<String, ConnectorView> all = cluster.await(herder.connectors());
        ConnectorView view = all.get(name);
        Map<String, Integer> counts = new TreeMap<>();
        if (view == null) {
            return counts;
        }
        for (var slot : view.plan().slots().values()) {
            if (!view.plan().taskState(slot).equals("RUNNING")) {
                return Map.of();
            }
            counts.merge(view.workers().get(slot.index()), 1, Integer::sum);
        }
        return counts;
    }

    private void untilRunning(Set<Integer> paused, String name, Map<String, Integer> counts) throws Exception {
        cluster.until(
                name + " runs " + counts + "; " + witness.events,
                () -> running(paused, name).equals(counts));
    }

    private static Set<String> seen(List<ReceivedRecord> records) {
        Set<String> values = new HashSet<>();
        records.forEach(record -> values.add(SpreadCluster.value(record)));
        return values;
    }

    /** Each task of the connector goes on. */
    private void untilAllGoOn(int tasks) throws Exception {
        Follower follower = cluster.follow(TOPIC);
        Map<Integer, Integer> from = greatest(seen(follower.until(any -> true)));
        follower.until(records -> {
            Map<Integer, Integer> now = greatest(seen(records));
            for (int task = 0; task < tasks; task++) {
                if (now.getOrDefault(task, -1) < from.getOrDefault(task, -1) + 60) {
                    return false;
                }
            }
            return true;
        });
    }

    private static Map<Integer, Integer> greatest(Set<String> values) {
        Map<Integer, Integer> greatest = new HashMap<>();
        for (String value : values) {
            int colon = value.indexOf(':');
            greatest.merge(
                    Integer.parseInt(value.substring(0, colon)),
                    Integer.parseInt(value.substring(colon + 1)),
                    Math::max);
        }
        return greatest;
    }

    /** Stops the connector, then: each number of each task once, without a hole. */
    private void checkExact(String name, int tasks) throws Exception {
        cluster.await(herder(Set.of()).target(name, TargetState.STOPPED));
        cluster.await(herder(Set.of()).whileStopped(name, view -> io.vertx.core.Future.succeededFuture()));
        List<String> values = cluster.values(TOPIC);
        Map<Integer, Integer> greatest = greatest(new HashSet<>(values));
        assertThat(values).doesNotHaveDuplicates();
        assertThat(greatest).hasSize(tasks);
        assertThat(values)
                .hasSize(greatest.values().stream().mapToInt(last -> last + 1).sum());
    }

    /** No task ran on two nodes at once, as far as those that were not paused go. */
    private void checkAlone(Set<Integer> paused) {
        Map<String, Integer> runs = new HashMap<>();
        for (Event event : witness.events) {
            if (paused.contains(event.node())) {
                continue;
            }
            if (event.what().equals("start")) {
                assertThat(runs.put(event.task(), event.node()))
                        .as(event + " of " + witness.events)
                        .isNull();
            } else {
                runs.remove(event.task(), event.node());
            }
        }
    }

    // ---- scenarios

    @Test
    void whoComesGetsAShareAndWhoLeavesGivesItBackAndNothingElseMoves() throws Exception {
        join(1);
        untilLed();
        put("split", TASKS);
        untilRunning(Set.of(), "split", Map.of("w1", 6));
        join(2);
        untilRunning(Set.of(), "split", Map.of("w1", 3, "w2", 3));
        assertThat(witness.count("start")).isEqualTo(6 + 3);
        join(3);
        untilRunning(Set.of(), "split", Map.of("w1", 2, "w2", 2, "w3", 2));
        assertThat(witness.count("start")).isEqualTo(6 + 3 + 2);
        untilAllGoOn(TASKS);

        leave(2);
        untilRunning(Set.of(), "split", Map.of("w1", 3, "w3", 3));
        assertThat(witness.count("start")).isEqualTo(6 + 3 + 2 + 2);
        untilAllGoOn(TASKS);
        checkAlone(Set.of());
        checkExact("split", TASKS);
    }

    @Test
    void whatThePausedNodeRanRunsElsewhereAndWhatItDoesLateChangesNothing() throws Exception {
        join(1);
        untilLed();
        join(2);
        join(3);
        put("split", TASKS);
        untilRunning(Set.of(), "split", Map.of("w1", 2, "w2", 2, "w3", 2));
        untilAllGoOn(TASKS);
        int paused = leader(Set.of()) == 3 ? 2 : 3;
        int other = 5 - paused;
        long starts = witness.count("start");

        brokers.get(paused).freeze();
        untilRunning(Set.of(paused), "split", Map.of("w1", 3, "w" + other, 3));
        assertThat(witness.count("start")).as("only those of the paused node").isEqualTo(starts + 2);
        untilAllGoOn(TASKS);

        brokers.get(paused).thaw();
        untilRunning(Set.of(), "split", Map.of("w1", 2, "w2", 2, "w3", 2));
        untilAllGoOn(TASKS);
        checkAlone(Set.of(paused));
        checkExact("split", TASKS);
    }

    @Test
    void whenTheLeaderIsPausedTheOthersGoOnAndOneOfThemLeads() throws Exception {
        join(1);
        untilLed();
        join(2);
        join(3);
        put("split", TASKS);
        untilRunning(Set.of(), "split", Map.of("w1", 2, "w2", 2, "w3", 2));
        untilAllGoOn(TASKS);
        int paused = leader(Set.of());
        assertThat(paused).isEqualTo(1);
        long starts = witness.count("start");

        brokers.get(paused).freeze();
        untilRunning(Set.of(paused), "split", Map.of("w2", 3, "w3", 3));
        assertThat(witness.count("start"))
                .as("those of the others were taken over as they ran")
                .isEqualTo(starts + 2);
        untilAllGoOn(TASKS);

        brokers.get(paused).thaw();
        untilRunning(Set.of(paused), "split", Map.of("w1", 2, "w2", 2, "w3", 2));
        untilAllGoOn(TASKS);
        checkAlone(Set.of(paused));
        checkExact("split", TASKS);
    }

    @Test
    void aStartThatHangsKeepsNobodyFromMoving() throws Exception {
        join(1);
        untilLed();
        Promise<Void> hangs = Promise.promise();
        witness.hanging.put("split-0", hangs);
        put("split", 4);
        cluster.until("states", () -> witness.count("start") == 4 && others(4).equals(Map.of("w1", 3)));
        join(2);
        // Two of four move; the one that hangs may be one of them.
        cluster.until(
                "states",
                () -> others(4).values().stream().mapToInt(Integer::intValue).sum() == 3
                        && others(4).getOrDefault("w2", 0) >= 1);
        witness.hanging.clear();
        hangs.complete();
        untilRunning(Set.of(), "split", Map.of("w1", 2, "w2", 2));
        untilAllGoOn(4);
        checkAlone(Set.of());
        checkExact("split", 4);
    }

    /** Where the tasks run, but for the one that hangs. */
    private Map<String, Integer> others(int tasks) throws Exception {
        ConnectorView view = cluster.await(herder(Set.of()).connectors()).get("split");
        Map<String, Integer> counts = new TreeMap<>();
        for (int index = 1; index < tasks; index++) {
            var slot = view.plan().slots().get(index);
            if (slot == null || !view.plan().taskState(slot).equals("RUNNING")) {
                return Map.of();
            }
            counts.merge(view.workers().get(index), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void pauseResumeRestartStopAndDeleteReachTasksWhereverTheyRun() throws Exception {
        join(1);
        untilLed();
        join(2);
        put("split", 2);
        put("other", 2);
        untilRunning(Set.of(), "split", Map.of("w1", 1, "w2", 1));
        untilRunning(Set.of(), "other", Map.of("w1", 1, "w2", 1));
        Herder herder = herder(Set.of());
        int remote = cluster.await(herder.connector("split")).workers().get(0).equals("w2") ? 0 : 1;

        long starts = witness.count("start");
        cluster.await(herder.restartTask("split", remote));
        cluster.until(
                "states",
                () -> witness.count("start") == starts + 1
                        && running(Set.of(), "split").equals(Map.of("w1", 1, "w2", 1)));

        witness.failing.put("split-" + remote, true);
        cluster.until("states", () -> states(herder).contains("FAILED"));
        assertThat(cluster.await(herder.connector("split"))
                        .plan()
                        .slots()
                        .get(remote)
                        .trace())
                .contains("told to fail on node 2");
        cluster.await(herder.restartTask("split", remote));
        untilRunning(Set.of(), "split", Map.of("w1", 1, "w2", 1));

        cluster.await(herder.target("split", TargetState.PAUSED));
        cluster.until("states", () -> states(herder).equals(List.of("PAUSED", "PAUSED")));
        cluster.await(herder.target("split", TargetState.STARTED));
        untilRunning(Set.of(), "split", Map.of("w1", 1, "w2", 1));
        cluster.await(herder.target("split", TargetState.STOPPED));
        cluster.await(herder.whileStopped("split", view -> io.vertx.core.Future.succeededFuture()));
        cluster.await(herder.delete("split"));
        assertThat(cluster.await(herder.connectors())).containsOnlyKeys("other");
        checkAlone(Set.of());
    }

    private List<String> states(Herder herder) throws Exception {
        ConnectorView view = cluster.await(herder.connector("split"));
        List<String> states = new ArrayList<>();
        view.plan().slots().values().forEach(slot -> states.add(view.plan().taskState(slot)));
        return states;
    }
}
