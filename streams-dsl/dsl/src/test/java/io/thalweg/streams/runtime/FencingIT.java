package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.processor.GlobalStores;
import io.thalweg.streams.topology.TaskId;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An instance that goes on with a task that is another's by now writes nothing to its changelogs. */
@Timeout(120)
final class FencingIT {

    private static final TaskId TASK = new TaskId(0, 0);
    private static final TopicPartition INPUT = new TopicPartition("events", 0);
    private static final TopicPartition CHANGELOG = new TopicPartition("tags-by-key-changelog", 0);
    private static final long RECORDS = 100;

    @TempDir
    private Path directory;

    private StreamsNode node;
    private ContextInternal context;
    private final List<Instance> instances = new ArrayList<>();
    private final BlockingQueue<Instance> fences = new LinkedBlockingQueue<>();

    /** What the group knows; it is the same for all, since no commit here is of a generation. */
    private final Map<TopicPartition, CommittedOffset> committed = new ConcurrentHashMap<>();

    @BeforeEach
    void start() throws Exception {
        node = new StreamsNode(directory);
        context = Contexts.eventLoop(node.vertx);
        node.create("events", 1);
        StreamsNode.await(InternalTopics.prepare(node.client, tagging("")));
    }

    @AfterEach
    void stop() throws Exception {
        for (Instance instance : instances) {
            StreamsNode.await(Contexts.on(context, instance.loop::close));
        }
        node.close();
    }

    /** Remembers for each key who saw its records. */
    private static Topology tagging(String tag) {
        StreamApp app = StreamApp.named("tags");
        app.stream("events", Serdes.string(), Serdes.string())
                .groupByKey()
                .aggregate("by-key", () -> "", (key, value, tags) -> tags + tag, Serdes.string());
        return app.topology();
    }

    private void publish() throws Exception {
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(new OutgoingRecord("events", 0, bytes("k" + i % 5), bytes("v"), List.of(), 1_000 + i));
        }
        node.publish(records);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whoHasATaskNoMoreWritesNothingToItsChangelogs() throws Exception {
        publish();
        Instance zombie = new Instance("z");
        begin(zombie);
        zombie.untilCommitted(RECORDS);
        Instance owner = new Instance("o");
        begin(owner);
        node.readUntil(CHANGELOG.topic(), records -> claims(records) == 2);

        publish();
        assertThat(fences.poll(60, TimeUnit.SECONDS)).isSameAs(zombie);
        owner.untilCommitted(2 * RECORDS);
        String tags = "z".repeat((int) RECORDS / 5) + "o".repeat((int) RECORDS / 5);
        assertThat(values())
                .containsExactlyInAnyOrderEntriesOf(Map.of("k0", tags, "k1", tags, "k2", tags, "k3", tags, "k4", tags));
        assertThat(zombie.tasks()).isEmpty();
    }

    /**
     * If both ask before either claims, they claim the same epoch, and the log takes one claim for both, as a batch that is
     * sent again; else the later one's epoch is greater. So there are as many claims as epochs, whichever it was.
     */
    @Test
    void ofTwoThatClaimAtOnceOneGoesOn() throws Exception {
        publish();
        Instance before = new Instance("b");
        begin(before);
        before.untilCommitted(RECORDS);
        Instance one = new Instance("x");
        Instance other = new Instance("y");
        begin(one, other);
        int rounds = 1;
        Instance fenced = null;
        while (fenced == null || fenced == before) {
            publish();
            rounds++;
            fenced = fences.poll(100, TimeUnit.MILLISECONDS);
        }
        Instance winner = fenced == one ? other : one;
        winner.untilCommitted(rounds * RECORDS);

        String tags =
                "b".repeat((int) RECORDS / 5) + (winner == one ? "x" : "y").repeat((rounds - 1) * (int) RECORDS / 5);
        int epochs = epoch(producerId()) + 1;
        assertThat(claims(node.read(CHANGELOG.topic()))).isEqualTo(epochs);
        assertThat(epochs).as("one before, and one or two of the two").isBetween(2, 3);
        assertThat(values()).containsEntry("k0", tags).containsEntry("k4", tags);
        assertThat(fenced.tasks()).isEmpty();
        assertThat(winner.tasks()).hasSize(1);
    }

    @Test
    void aTaskThatWasFencedAndIsStillOursIsBegunAnew() throws Exception {
        publish();
        StreamsRuntime runtime = node.start(tagging("r"), StreamsRuntimeConfig.defaults());
        node.untilCaughtUp(runtime, 1);
        Map<TopicPartition, CommittedOffset> there =
                StreamsNode.await(node.client.groups().fetchOffsets("tags", List.of(INPUT), true));
        claimAsSomebodyElse(TaskStart.of(TASK, Set.of(INPUT), there).producerId());
        publish();
        node.until(runtime, "the rest", view -> committed(view) == 2 * RECORDS);
        node.untilCaughtUp(runtime, 1);
        StreamsNode.await(runtime.close());

        assertThat(values()).containsEntry("k0", "r".repeat(2 * (int) RECORDS / 5));
    }

    private static long committed(JsonObject view) {
        return view.getJsonArray("tasks").stream()
                .map(JsonObject.class::cast)
                .flatMap(task -> task.getJsonArray("inputs").stream())
                .mapToLong(input -> ((JsonObject) input).getLong("committed"))
                .sum();
    }

    /** The one that is committed with the task's offsets. */
    private long producerId() {
        return TaskStart.of(TASK, Set.of(INPUT), committed).producerId();
    }

    /** Of the last that the changelog took. */
    private short epoch(long producerId) throws Exception {
        SequencedProducer asking = node.client.sequencedProducer(producerId, (short) 0);
        return StreamsNode.await(asking.position(CHANGELOG)).epoch();
    }

    private void claimAsSomebodyElse(long producerId) throws Exception {
        SequencedProducer other = node.client.sequencedProducer(producerId, (short) (epoch(producerId) + 1));
        OutgoingRecord claim = new OutgoingRecord(
                CHANGELOG.topic(),
                0,
                bytes("a claim"),
                bytes("somebody else's"),
                List.of(new RecordHeader("thalweg.claim", new byte[0])),
                0);
        StreamsNode.await(other.append(CHANGELOG, 0, List.of(claim)));
    }

    /** What the changelog says of each key. */
    private Map<String, String> values() throws Exception {
        Map<String, String> values = new ConcurrentHashMap<>();
        for (ReceivedRecord record : node.read(CHANGELOG.topic())) {
            if (!TaskChangelogs.isClaim(record) && !TaskChangelogs.isStamp(record)) {
                values.put(text(record.key()), text(record.value()));
            }
        }
        return values;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long claims(List<ReceivedRecord> records) {
        return records.stream().filter(TaskChangelogs::isClaim).count();
    }

    /** Several in one turn. */
    private void begin(Instance... beginning) throws Exception {
        List<TaskStart> starts = List.of(TaskStart.of(TASK, Set.of(INPUT), committed));
        StreamsNode.on(context, () -> {
            for (Instance instance : beginning) {
                instance.loop.begin(starts);
            }
            return Future.succeededFuture();
        });
    }

    /** A processor that always believes that its tasks are its own. */
    private final class Instance implements GroupSeat {
        private final ProcessorLoop loop;
        private long position;

        Instance(String tag) throws Exception {
            instances.add(this);
            Topology topology = tagging(tag);
            StateBytes state = new StateBytes(1 << 24);
            StreamsRuntimeConfig config = StreamsRuntimeConfig.defaults().withCommitMillis(5);
            ApplicationRun app = new ApplicationRun(
                    node.client, topology, config, new GlobalStores(topology, state), state, new StreamsMetrics());
            loop = StreamsNode.on(context, () -> Future.succeededFuture(new ProcessorLoop(app, context, this)));
        }

        List<TaskRunner> tasks() throws Exception {
            return StreamsNode.on(context, () -> Future.succeededFuture(List.copyOf(loop.tasks())));
        }

        synchronized void untilCommitted(long offset) throws Exception {
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (position < offset) {
                assertThat(System.nanoTime()).as("committed=" + position).isLessThan(deadline);
                wait(1_000);
            }
        }

        @Override
        public synchronized Future<Void> commit(Map<TopicPartition, OffsetToCommit> offsets) {
            offsets.forEach((partition, offset) ->
                    committed.put(partition, new CommittedOffset(offset.offset(), -1, offset.metadata(), 0)));
            position = offsets.get(INPUT).offset();
            notifyAll();
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> confirm() {
            return Future.succeededFuture();
        }

        @Override
        public void fenced(TaskId task) {
            fences.add(this);
        }
    }
}
