package io.thalweg.connectors.file.write;

import static io.thalweg.connectors.file.TestContext.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.TopicPartition;
import io.thalweg.connectors.file.FileSinkPlugin;
import io.thalweg.connectors.file.TestContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sink does at the edges of its assignment and of its disk. */
class FileSinkTaskTest {

    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    @TempDir
    Path root;

    private final Vertx vertx = Vertx.vertx();
    private final List<FileSinkTask> tasks = new ArrayList<>();
    private TestContext context;

    @AfterEach
    void close() throws Exception {
        for (FileSinkTask task : tasks) {
            await(task.stop());
        }
        await(vertx.close());
    }

    private FileSinkTask started(Disk disk, JsonObject more) throws Exception {
        FileSinkTask task = new FileSinkTask(disk, () -> 1);
        tasks.add(task);
        JsonObject config = new JsonObject()
                .put("directory", root.toString())
                .put("format", "lines")
                .mergeIn(more);
        context = new TestContext(vertx, root, new FileSinkPlugin(), config);
        await(task.start(context));
        return task;
    }

    private FileSinkTask started() throws Exception {
        return started(new Disk(), new JsonObject());
    }

    private static SinkRecord record(long offset, String value) {
        return new SinkRecord(PARTITION, offset, 0, null, value.getBytes(StandardCharsets.UTF_8), List.of());
    }

    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    private static Throwable cause(Future<?> future) throws Exception {
        try {
            await(future);
            throw new AssertionError("did not fail");
        } catch (ExecutionException failed) {
            return failed.getCause();
        }
    }

    /** It may come to life again when the disk does, and write over what its successor wrote. */
    @Test
    void aSuccessorWaitsForATaskThatWasGivenUpAndStillHoldsItsFiles() throws Exception {
        FileSinkTask hanging = started();
        await(hanging.assigned(Set.of(PARTITION)));
        await(hanging.put(List.of(record(0, "one"))));
        FileSinkTask successor = started();
        assertThat(cause(successor.assigned(Set.of(PARTITION))))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("still writes");

        await(hanging.stop());
        assertThat(await(successor.assigned(Set.of(PARTITION)))).isEmpty();
        await(successor.put(List.of(record(0, "one"), record(1, "two"))));
        await(successor.flush());
        assertThat(lines()).containsExactly("one", "two");
    }

    @Test
    void aPartitionThatIsGivenBackCanBeTakenAgain() throws Exception {
        FileSinkTask task = started();
        await(task.assigned(Set.of(PARTITION)));
        await(task.put(List.of(record(0, "one"))));
        await(task.flush());
        await(task.revoked(Set.of(PARTITION)));
        assertThat(await(started().assigned(Set.of(PARTITION)))).isEqualTo(Map.of(PARTITION, 1L));
    }

    /** The topic was made anew: its first records are not those that the file holds. */
    @Test
    void aTopicThatBeginsAgainIsNotPassedOverInSilence() throws Exception {
        FileSinkTask task = started();
        await(task.assigned(Set.of(PARTITION)));
        await(task.put(List.of(record(0, "one"), record(1, "two"))));
        await(task.flush());
        await(task.stop());

        FileSinkTask again = started();
        assertThat(await(again.assigned(Set.of(PARTITION)))).isEqualTo(Map.of(PARTITION, 2L));
        assertThat(cause(again.put(List.of(record(0, "another")))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("made anew")
                .hasMessageContaining("t-0.json");
        assertThat(lines()).containsExactly("one", "two");
    }

    @Test
    void aPutThatIsTriedAgainWritesEachRecordOnce() throws Exception {
        boolean[] full = {true};
        Disk disk = new Disk() {
            @Override
            void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
                if (full[0] && bytes.remaining() > 0 && at >= 0 && !isState(bytes)) {
                    throw new IOException("no space left");
                }
                super.write(channel, bytes, at);
            }

            private boolean isState(ByteBuffer bytes) {
                return bytes.get(bytes.position()) == '{';
            }
        };
        FileSinkTask task = started(disk, new JsonObject().put("buffer.bytes", 8));
        await(task.assigned(Set.of(PARTITION)));
        List<SinkRecord> records = List.of(record(0, "one-one-one"), record(1, "two"), record(2, "three"));
        assertThat(cause(task.put(records))).isInstanceOf(RetriableException.class);
        full[0] = false;
        await(task.put(records));
        await(task.flush());
        assertThat(lines()).containsExactly("one-one-one", "two", "three");
    }

    /** As many in a row as a batch may have, each refused in a future of its own. */
    @Test
    void thousandsOfRefusedRecordsAreLeftOutOneAfterTheOther() throws Exception {
        FileSinkTask task = started(new Disk(), new JsonObject().put("format", "ndjson"));
        await(task.assigned(Set.of(PARTITION)));
        context.refusal = null;
        List<SinkRecord> records = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            records.add(record(i, "no json"));
        }
        records.add(record(20_000, "{}"));
        await(task.put(records));
        await(task.flush());
        assertThat(context.refused).hasSize(20_000);
        assertThat(lines()).containsExactly("{}");
    }

    @Test
    void anotherConnectorsFilesAreNotGoneOnWith() throws Exception {
        FileSinkTask task = started();
        await(task.assigned(Set.of(PARTITION)));
        await(task.put(List.of(record(0, "one"))));
        await(task.flush());
        await(task.stop());
        Path state = root.resolve(".thalweg").resolve("t-0.json");
        Files.writeString(state, Files.readString(state).replace("\"test\"", "\"other\""));
        assertThatThrownBy(() -> await(started().assigned(Set.of(PARTITION))))
                .rootCause()
                .hasMessageContaining("another connector");
    }
}
