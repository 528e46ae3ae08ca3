package io.thalweg.connectors.file.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.file.FileSourcePlugin;
import io.thalweg.connectors.file.TestContext;
import io.thalweg.testkit.Seeds;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A followed file under everything that writers and rotation do to it, with restarts of the reader in between. */
class FollowTest {

    @TempDir
    Path root;

    private Path log;
    private FileSourceConfig config;
    private FileCursor cursor;
    private @Nullable JsonObject position;
    private final List<String> read = new ArrayList<>();
    private long modified = 1_700_000_000_000L;

    @BeforeEach
    void begin() {
        log = root.resolve("app.log");
        configure(new JsonObject());
    }

    private void configure(JsonObject more) {
        JsonObject given = new JsonObject()
                .put("file", log.toString())
                .put("topic", "t")
                .put("rotate.wait.ms", 0)
                .mergeIn(more);
        config = FileSourceConfig.of(TestContext.withDefaults(new FileSourcePlugin(), given));
        cursor = cursor();
    }

    private FileCursor cursor() {
        return new FileCursor(
                log.toString(),
                () -> log,
                config,
                new ChunkBuffer(config.chunkBytes()),
                new Rotation(100, path -> false),
                FilePosition.of(position));
    }

    @AfterEach
    void close() throws IOException {
        cursor.close();
    }

    private void restart() throws IOException {
        cursor.close();
        cursor = cursor();
    }

    /** Everything that is there now. */
    private void drain() throws IOException {
        // Where a file ends and the next is looked for, a read may come back with nothing.
        for (int nothing = 0; nothing < 4 && !cursor.done(); ) {
            SourceBatch batch = cursor.read(3, 1_000);
            if (batch == null) {
                nothing++;
            } else {
                position = batch.offset();
                for (SourceRecord record : batch.records()) {
                    read.add(new String((byte[]) record.value(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    private List<SourceRecord> firstRecords() throws IOException {
        assertThat(cursor.read(10, 1_000).records()).as("where they begin").isEmpty();
        return cursor.read(10, 1_000).records();
    }

    private void append(String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(log, FileTime.fromMillis(modified += 10));
    }

    @Test
    void aFileThatDoesNotExistYetIsWaitedFor() throws Exception {
        drain();
        append("one\n");
        drain();
        assertThat(read).containsExactly("one");
    }

    /** Records of it may be in the log by then: they must not be taken for those of its successor. */
    @Test
    void theFirstFileIsKnownBeforeItsFirstRecord() throws Exception {
        append("one\ntwo\n");
        position = cursor.read(10, 1_000).offset();
        assertThat(cursor.read(10, 1_000).records()).hasSize(2);
        Files.move(log, root.resolve("app.log.1"));
        append("three\n");
        restart();
        drain();
        assertThat(read).containsExactly("one", "two", "three");
    }

    /** The same goes for each file that is begun. */
    @Test
    void aFileThatReplacedAnotherIsKnownBeforeItsFirstRecord() throws Exception {
        append("one\n");
        drain();
        Files.delete(log);
        append("a new file that is longer\n");
        restart();
        SourceBatch begun = cursor.read(10, 1_000);
        assertThat(begun.records()).isEmpty();
        position = begun.offset();
        assertThat(cursor.read(10, 1_000).records()).hasSize(1);
        Files.move(log, root.resolve("app.log.1"));
        append("three\n");
        restart();
        drain();
        assertThat(read).containsExactly("one", "a new file that is longer", "three");
    }

    @Test
    void anEmptyFirstFileIsKnownToo() throws Exception {
        append("");
        position = cursor.read(10, 1_000).offset();
        append("one\n");
        Files.move(log, root.resolve("app.log.1"));
        append("two\n");
        restart();
        drain();
        assertThat(read).containsExactly("one", "two");
    }

    @Test
    void aRestartAfterEveryByteLosesNothingAndDoublesNothing() throws Exception {
        String content = "one\r\n\ntwo é 漢 😀\nthree\n";
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            Files.write(log, new byte[] {b}, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            drain();
            restart();
            drain();
        }
        assertThat(read).containsExactly("one", "", "two é 漢 😀", "three");
        assertThat(position.getLong("position")).isEqualTo(bytes.length);
        assertThat(position.getLong("line")).isEqualTo(4);
    }

    @Test
    void aLineWithoutItsNewlineIsNotYetARecord() throws Exception {
        append("one\ntw");
        drain();
        assertThat(read).containsExactly("one");
        append("o\n");
        drain();
        assertThat(read).containsExactly("one", "two");
    }

    @Test
    void theEndOfARenamedFileIsReadBeforeItsSuccessor() throws Exception {
        append("one\n");
        drain();
        append("two\nhalf");
        Files.move(log, root.resolve("app.log.1"));
        drain();
        assertThat(read).as("no successor yet").containsExactly("one", "two");
        append("three\n");
        drain();
        assertThat(read).containsExactly("one", "two", "half", "three");
    }

    @Test
    void rotationsWhileNobodyReadAreReadInOrder() throws Exception {
        append("one\n");
        drain();
        for (int i = 2; i < 6; i++) {
            append("more " + i + "\n");
            for (int n = i; n > 1; n--) {
                Path older = root.resolve("app.log." + (n - 1));
                if (Files.exists(older)) {
                    Files.move(older, root.resolve("app.log." + n));
                }
            }
            Files.move(log, root.resolve("app.log.1"));
        }
        append("last\n");
        restart();
        drain();
        assertThat(read).containsExactly("one", "more 2", "more 3", "more 4", "more 5", "last");
    }

    @Test
    void aTruncatedFileIsReadFromItsStart() throws Exception {
        append("one\ntwo\n");
        drain();
        Files.write(log, new byte[0]);
        drain();
        append("three\n");
        drain();
        assertThat(read).containsExactly("one", "two", "three");
    }

    @Test
    void aTruncatedFileThatGrewBeyondThePositionIsKnownByItsFirstBytes() throws Exception {
        append("one\ntwo\n");
        drain();
        Files.writeString(log, "a much longer first line\nand a second\n");
        drain();
        assertThat(read).containsExactly("one", "two", "a much longer first line", "and a second");
    }

    @Test
    void whatACopyStillHasIsReadBeforeTheTruncatedFile() throws Exception {
        append("one, and then some\n");
        drain();
        append("two\n");
        Files.copy(log, root.resolve("app.log-20260101"));
        Files.write(log, new byte[0]);
        append("three\n");
        restart();
        drain();
        assertThat(read).containsExactly("one, and then some", "two", "three");
    }

    @Test
    void aFileThatWasReplacedWhileNobodyReadIsReadFromItsStart() throws Exception {
        append("one\n");
        drain();
        Files.delete(log);
        append("a new file that is longer\n");
        restart();
        drain();
        assertThat(read).containsExactly("one", "a new file that is longer");
    }

    @Test
    void anOffsetOfFileStreamSourceIsUnderstood() throws Exception {
        append("one\ntwo\n");
        position = new JsonObject().put("position", 4);
        restart();
        drain();
        assertThat(read).containsExactly("two");
    }

    @Test
    void aLineThatIsTooLongNamesFileLineAndLimit() throws Exception {
        configure(new JsonObject().put("max.record.bytes", 16).put("chunk.bytes", 4_096));
        append("short\n" + "x".repeat(17) + "\nnext\n");
        assertThat(firstRecords()).hasSize(1);
        assertThatThrownBy(() -> cursor.read(10, 1_000))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("max.record.bytes=16")
                .hasMessageContaining("file=" + log)
                .hasMessageContaining("line=2");
    }

    @Test
    void anEndlessLineIsSkippedInBoundedMemory() throws Exception {
        configure(new JsonObject()
                .put("max.record.bytes", 5_000)
                .put("chunk.bytes", 4_096)
                .put("malformed", "skip"));
        ChunkBuffer buffer = new ChunkBuffer(config.chunkBytes());
        cursor.close();
        cursor = new FileCursor(log.toString(), () -> log, config, buffer, new Rotation(10, path -> false), null);
        append("first\n" + "x".repeat(300_000) + "\nlast\n" + "y".repeat(5_000) + "\n" + "z".repeat(5_001) + "\nend\n");
        drain();
        assertThat(read).containsExactly("first", "last", "y".repeat(5_000), "end");
        assertThat(buffer.bytes.length).isLessThanOrEqualTo(2 * (5_000 + 4_096));
    }

    @Test
    void malformedJsonFailsAfterTheRecordsBeforeItAndIsSkippedOnDemand() throws Exception {
        String content = "{\"a\":1}\n{\"a\":\n[1] [2]\n{\"a\":2}\n";
        append(content);
        configure(new JsonObject().put("format", "ndjson"));
        assertThat(firstRecords()).hasSize(1);
        assertThatThrownBy(() -> cursor.read(10, 1_000))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("line=2");
        configure(new JsonObject().put("format", "ndjson").put("malformed", "skip"));
        drain();
        assertThat(read).containsExactly("{\"a\":1}", "{\"a\":2}");
    }

    @Test
    void keysAndTimesComeFromFields() throws Exception {
        append("{\"id\":7,\"at\":\"2001/01/01 00:47\",\"deep\":{\"id\":8}}\n");
        configure(new JsonObject()
                .put("format", "ndjson")
                .put("key.field", "id")
                .put("timestamp.field", "at")
                .put("timestamp.format", "yyyy/MM/dd HH:mm")
                .put("timestamp.zone", "America/New_York"));
        SourceRecord record = firstRecords().get(0);
        assertThat(record.key()).isEqualTo("7");
        assertThat(record.timestampMillis()).isEqualTo(978_328_020_000L);
    }

    @Test
    void timesAreReadInEveryFormat() {
        assertThat(TimestampReader.of("f", "epoch-millis", "UTC").millis("978328020000"))
                .isEqualTo(978_328_020_000L);
        assertThat(TimestampReader.of("f", "epoch-seconds", "UTC").millis("978328020.5"))
                .isEqualTo(978_328_020_500L);
        for (String text : List.of(
                "2001-01-01T00:47:00-05:00",
                "2001-01-01T05:47Z",
                "2001-01-01 05:47:00",
                "2001-01-01T05:47:00.000000Z",
                "2001-01-01T00:47:00.0-0500")) {
            assertThat(TimestampReader.of("f", "iso", "UTC").millis(text))
                    .as(text)
                    .isEqualTo(978_328_020_000L);
        }
        assertThat(TimestampReader.of("f", "iso", "UTC").millis("2001-01-01")).isEqualTo(978_307_200_000L);
        assertThatThrownBy(() -> TimestampReader.of("f", "iso", "UTC").millis("yesterday"))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("timestamp.format=iso");
    }

    @Test
    void columnsHaveTypesAndTheHeaderIsFoundAgainAfterARestart() throws Exception {
        configure(new JsonObject()
                .put("format", "csv")
                .put("key.field", "iata")
                .put("csv.types", "latitude:number,open:boolean"));
        append("iata,latitude,open,name\n00M,31.95,TRUE,\"Bay \"\"Springs\"\"\"\n");
        drain();
        restart();
        append("X,,,\n");
        drain();
        assertThat(read)
                .containsExactly(
                        "{\"iata\":\"00M\",\"latitude\":31.95,\"open\":true,\"name\":\"Bay \\\"Springs\\\"\"}",
                        "{\"iata\":\"X\",\"latitude\":null,\"open\":null,\"name\":\"\"}");
    }

    @Test
    void anArrayThatIsCutOffFailsAfterItsElements() throws Exception {
        configure(new JsonObject().put("format", "json-array").put("follow", false));
        append("[{\"a\":1}, {\"a\":2}");
        assertThat(firstRecords()).hasSize(2);
        assertThatThrownBy(() -> cursor.read(10, 1_000))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("not closed");
    }

    @Test
    void gzipIsReadAndResumed() throws Exception {
        configure(new JsonObject().put("compression", "gzip").put("follow", false));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(log))) {
            for (int i = 0; i < 100; i++) {
                out.write(("line " + i + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        cursor.read(1, 1); // where it begins
        SourceBatch first = cursor.read(40, 100_000);
        position = first.offset();
        restart();
        drain();
        assertThat(first.records()).hasSize(40);
        assertThat(read).hasSize(60).startsWith("line 40").endsWith("line 99");
    }

    @Seeds(count = 300)
    void whateverTheWriterDoesEveryLineComesOnceInOrder(long seed) throws Exception {
        Random random = new Random(seed);
        configure(new JsonObject().put("chunk.bytes", 4_096));
        List<String> expected = new ArrayList<>();
        String pending = "";
        int number = 0;
        int rotations = 0;
        // Of files from before the first record nothing is known.
        append("start\n");
        expected.add("start");
        drain();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    String line = "line " + number++ + " " + "x".repeat(random.nextInt(10) == 0 ? 300 : 3);
                    append(line + "\n");
                    expected.add(pending + line);
                    pending = "";
                }
                case 2 -> {
                    String part = "part " + number++ + " ";
                    append(part);
                    pending += part;
                }
                case 3 -> drain();
                case 4 -> restart();
                default -> {
                    if (!pending.isEmpty()) {
                        expected.add(pending);
                        pending = "";
                    }
                    Files.move(log, root.resolve("app.log." + ++rotations));
                    append("");
                }
            }
        }
        append("end\n");
        expected.add(pending + "end");
        drain();
        drain();
        assertThat(read).isEqualTo(expected);
    }
}
