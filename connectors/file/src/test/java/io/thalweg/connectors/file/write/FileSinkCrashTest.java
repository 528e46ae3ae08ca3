package io.thalweg.connectors.file.write;

import static io.thalweg.connectors.file.TestContext.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.TopicPartition;
import io.thalweg.connectors.file.FileSinkPlugin;
import io.thalweg.connectors.file.TestContext;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sink that dies before, in or after each change that it makes to the disk, and then takes up its work: the files hold
 * each record once, in order, and no complete file ever changes.
 */
class FileSinkCrashTest {

    private static final TopicPartition FIRST = new TopicPartition("t", 0);
    private static final TopicPartition SECOND = new TopicPartition("t", 1);
    private static final int RECORDS = 40;

    private static Vertx vertx;

    @TempDir
    Path root;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() throws Exception {
        await(vertx.close());
    }

    /** The process died here. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    /** A process that is killed loses nothing of what it wrote, so nothing need be flushed. */
    private static class UnflushedDisk extends Disk {
        @Override
        void force(FileChannel channel) throws IOException {
            // Not against kill -9.
        }

        @Override
        void forceDirectory(Path directory) throws IOException {
            // Not against kill -9.
        }
    }

    /** Dies at the n-th change: before it, in the middle of it if it has one, or after it. */
    private static final class CrashingDisk extends UnflushedDisk {
        private final int at;
        private final int how;
        private int changes;

        CrashingDisk(int at, int how) {
            this.at = at;
            this.how = how;
        }

        private interface Change {
            void run() throws IOException;
        }

        private void change(Change change) throws IOException {
            boolean last = ++changes == at;
            if (last && how == 0) {
                throw new Crash();
            }
            change.run();
            if (last) {
                throw new Crash();
            }
        }

        @Override
        FileChannel create(Path file) throws IOException {
            FileChannel[] made = new FileChannel[1];
            change(() -> made[0] = super.create(file));
            return made[0];
        }

        @Override
        void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
            if (changes + 1 == at && how == 1) {
                bytes.limit(bytes.position() + bytes.remaining() / 2);
            }
            change(() -> super.write(channel, bytes, position));
        }

        @Override
        void truncate(FileChannel channel, long length) throws IOException {
            change(() -> super.truncate(channel, length));
        }

        @Override
        void force(FileChannel channel) throws IOException {
            change(() -> {});
        }

        @Override
        void forceDirectory(Path directory) throws IOException {
            change(() -> {});
        }

        @Override
        void replace(Path from, Path to) throws IOException {
            change(() -> super.replace(from, to));
        }

        @Override
        void delete(Path file) throws IOException {
            change(() -> super.delete(file));
        }
    }

    @Test
    void aCrashAtAnyStepLosesNothingAndDoublesNothing() throws Exception {
        int steps = 0;
        for (int how = 0; how < 3; how++) {
            int at = 1;
            while (crashesAt(root.resolve(how + "-" + at), at, how)) {
                at++;
            }
            steps = at - 1;
        }
        assertThat(steps).as("changes to the disk in one run").isGreaterThan(50);
    }

    /** Whether the run came as far as the crash. */
    private boolean crashesAt(Path directory, int at, int how) throws Exception {
        boolean crashed = false;
        try {
            run(directory, new CrashingDisk(at, how), new Random(1));
        } catch (Crash crash) {
            crashed = true;
        }
        Map<String, String> completeBefore = complete(directory);
        run(directory, new UnflushedDisk(), new Random(2));
        assertThat(complete(directory)).as("crash %d at change %d", how, at).containsAllEntriesOf(completeBefore);
        assertContents(directory);
        return crashed;
    }

    @Seeds(count = 40)
    void manyCrashesInARowLoseNothingAndDoubleNothing(long seed) throws Exception {
        Random random = new Random(seed);
        for (int crash = 0; crash < 12; crash++) {
            try {
                run(root, new CrashingDisk(1 + random.nextInt(25), random.nextInt(3)), random);
            } catch (Crash expected) {
                // And again, from what is on the disk.
            }
        }
        run(root, new UnflushedDisk(), random);
        assertContents(root);
    }

    /** Writes both partitions to their ends, from where the sink says that it stands, in any portions. */
    private void run(Path directory, Disk disk, Random random) throws Exception {
        JsonObject config = new JsonObject()
                .put("directory", directory.toString())
                .put("format", "csv")
                .put("csv.columns", "offset,text")
                .put("buffer.bytes", 64)
                .put("roll.records", 7);
        FileSinkTask task = new FileSinkTask(disk, () -> 1);
        try {
            await(task.start(new TestContext(vertx, root, new FileSinkPlugin(), config)));
            Map<TopicPartition, Long> positions = await(task.assigned(Set.of(FIRST, SECOND)));
            long first = positions.getOrDefault(FIRST, 0L);
            long second = positions.getOrDefault(SECOND, 0L);
            while (first < RECORDS || second < RECORDS) {
                List<SinkRecord> records = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0 && first < RECORDS; i--) {
                    records.add(record(FIRST, first++));
                }
                for (int i = random.nextInt(6); i > 0 && second < RECORDS; i--) {
                    records.add(record(SECOND, second++));
                }
                await(task.put(records));
                if (random.nextInt(3) == 0) {
                    await(task.flush());
                }
            }
            await(task.flush());
        } finally {
            await(task.stop());
        }
    }

    private static SinkRecord record(TopicPartition partition, long offset) {
        JsonObject value = new JsonObject().put("offset", offset).put("text", "x".repeat((int) (offset * 7 % 90)));
        return new SinkRecord(partition, offset, 0, null, value.encode().getBytes(StandardCharsets.UTF_8), List.of());
    }

    private static Map<String, String> complete(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        if (Files.exists(directory)) {
            Files.walkFileTree(directory, Set.of(), 1, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (file.toString().endsWith(".csv")) {
                        contents.put(file.getFileName().toString(), Files.readString(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return contents;
    }

    private static void assertContents(Path directory) throws IOException {
        for (TopicPartition partition : List.of(FIRST, SECOND)) {
            List<Path> files;
            try (Stream<Path> paths = Files.list(directory)) {
                files = paths.filter(path -> path.getFileName().toString().startsWith(partition + "-"))
                        .sorted()
                        .toList();
            }
            List<Long> offsets = new ArrayList<>();
            for (Path file : files) {
                List<String> lines = Files.readAllLines(file);
                assertThat(lines.get(0)).isEqualTo("offset,text");
                assertThat(file.getFileName().toString())
                        .startsWith(partition
                                + String.format(
                                        "-%020d", Long.parseLong(lines.get(1).split(",")[0])));
                for (String line : lines.subList(1, lines.size())) {
                    offsets.add(Long.parseLong(line.split(",")[0]));
                }
            }
            assertThat(offsets)
                    .as("offsets in the files of %s", partition)
                    .isEqualTo(Stream.iterate(0L, offset -> offset + 1)
                            .limit(RECORDS)
                            .toList());
        }
    }
}
