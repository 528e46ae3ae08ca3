package io.thalweg.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.DecodedRecord;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import io.thalweg.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Compaction in a log that is in use: appended to, read, cut, restarted, and cut off from power at any point. */
class LogCompactionTest {

    private static final Path ROOT = Path.of("/data/thalweg");
    private static final LogId ID = new LogId(new Uuid(3, 4), 0);
    private static final LogConfig CONFIG = LogConfig.defaults()
            .with()
            .segmentBytes(2048)
            .compact(true)
            .delete(false)
            .minCleanableDirtyRatio(0.01)
            .deleteRetentionMillis(1000)
            .build();
    private static final LogDirectoryConfig DIRECTORY =
            LogDirectoryConfig.defaults().withDurability(Durability.FSYNC);
    private static final int KEYS = 15;

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(ROOT.getParent());
    private final Map<String, String> expected = new HashMap<>();
    private ManualEnvironment machine = ManualEnvironment.on(1, disk);
    private LogDirectory directory;
    private PartitionLog log;

    @Test
    void readersFindTheLatestValueOfEachKeyBeforeAndAfterARestart() throws IOException {
        open();
        fill(new Random(1), 300);
        long before = log.sizeBytes();
        long end = log.logEndOffset();

        compact();

        assertThat(log.sizeBytes()).isLessThan(before / 2);
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(state()).isEqualTo(expected);
        directory.checkInvariants();
        restart();
        assertThat(state()).isEqualTo(expected);
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(log.damage()).isNull();
        fill(new Random(2), 100);
        compact();
        assertThat(state()).isEqualTo(expected);
    }

    @Test
    void tombstonesGoWhenTheirTimeIsOver() throws IOException {
        open();
        put("a", "1");
        put("b", "1");
        put("a", null);
        for (int i = 0; i < 60; i++) {
            put("filler", "x".repeat(100));
        }
        compact();
        // What is still in memory is read from there, as it was.
        restart();
        assertThat(keys()).contains("a", "b");
        machine.clock().advance(2000);
        for (int i = 0; i < 60; i++) {
            put("filler", "x".repeat(100));
        }
        compact();
        restart();
        assertThat(keys()).contains("b").doesNotContain("a");
        assertThat(state()).isEqualTo(expected);
    }

    @Test
    void nothingBeyondAnOpenTransactionIsTouched() throws IOException {
        open();
        append(
                BatchBuilder.uncompressed()
                        .producer(7, (short) 0, 0, true)
                        .append(machine.clock().wallMillis(), "t".getBytes(UTF_8), "1".getBytes(UTF_8))
                        .build(),
                AppendOrigin.CLIENT);
        fill(new Random(1), 100);
        long size = log.sizeBytes();
        compact();
        assertThat(log.sizeBytes()).isEqualTo(size);
        append(
                BatchBuilder.transactionMarker(
                        machine.clock().wallMillis(), 7, (short) 0, new TransactionMarker(false, 0)),
                AppendOrigin.COORDINATOR);
        fill(new Random(2), 20);
        compact();
        assertThat(log.sizeBytes()).isLessThan(size / 2);
        assertThat(state()).isEqualTo(expected);
        assertThat(keys()).doesNotContain("t");
    }

    @Test
    void whoReadsAReplacedSegmentGoesOnReadingIt() throws IOException {
        open();
        fill(new Random(1), 100);
        LogRead read = log.read(0, 1500, log.highWatermark(), true);
        ByteBuffer before = bytes(read);
        compact();
        assertThat(bytes(read)).isEqualTo(before);
        read.records().close();
    }

    @Test
    void aLogThatIsCutOrDeletedMeanwhileIsLeftAlone() throws IOException {
        open();
        fill(new Random(1), 200);
        machine.clock().advance(6_000);
        log.truncateTo(log.logEndOffset() / 2);
        compact();
        Map<String, String> cut = state();
        restart();
        assertThat(state()).isEqualTo(cut);
        directory.delete(ID);
        compact();
        directory.close();
    }

    @Test
    void idempotentProducersAreKnownAfterTheirDataIsGone() throws IOException {
        open();
        ByteBuffer last = null;
        for (int sequence = 0; sequence < 10; sequence++) {
            last = BatchBuilder.uncompressed()
                    .producer(9, (short) 0, sequence, false)
                    .append(machine.clock().wallMillis(), "key".getBytes(UTF_8), ("" + sequence).getBytes(UTF_8))
                    .build();
            append(last, AppendOrigin.CLIENT);
        }
        for (int i = 0; i < 60; i++) {
            put("key", "x".repeat(100));
        }
        compact();
        directory.close();
        // Without snapshots the producers are read from what compaction left.
        Path path = ROOT.resolve(ID.directoryName());
        for (String name : disk.list(path)) {
            if (name.endsWith(".snapshot")) {
                disk.delete(path.resolve(name));
            }
        }
        open();
        long end = log.logEndOffset();
        assertThat(append(last, AppendOrigin.CLIENT).duplicate()).isTrue();
        assertThat(log.logEndOffset()).isEqualTo(end);
    }

    @Seeds(count = 60)
    void aPowerCutAtAnyPointLosesNothingAndBringsNothingBack(long seed) throws IOException {
        Random random = new Random(seed);
        open();
        fill(random, 150);
        if (random.nextBoolean()) {
            compact();
            machine.clock().advance(2000);
            fill(random, 80);
        }
        machine.clock().advance(6_000);
        disk.powerOffAfter(random.nextInt(60));
        for (int i = 0; i < 20 && !disk.poweredOff(); i++) {
            machine.clock().advance(1_000);
            directory.maintain();
        }
        boolean cutOff = disk.poweredOff();
        disk.crash(seed);
        machine = ManualEnvironment.on(seed, disk);
        machine.clock().advance(100_000);
        open();
        assertThat(log.damage()).as("cut off: %s", cutOff).isNull();
        assertThat(state()).isEqualTo(expected);
        fill(random, 60);
        compact();
        assertThat(state()).isEqualTo(expected);
        directory.checkInvariants();
    }

    private void open() throws IOException {
        Environment environment = machine.environment();
        directory = LogDirectory.open(environment, ROOT, DIRECTORY);
        log = directory.log(ID, CONFIG);
        // With one replica everything that is in the log is committed.
        log.advanceHighWatermark(log.logEndOffset());
    }

    private void restart() throws IOException {
        directory.close();
        open();
    }

    /** Lets enough time pass and calls maintenance until nothing is left to do. */
    private void compact() {
        for (int i = 0; i < 6; i++) {
            machine.clock().advance(6_000);
            directory.maintain();
        }
    }

    private void fill(Random random, int count) {
        for (int i = 0; i < count; i++) {
            put("key-" + random.nextInt(KEYS), random.nextInt(4) == 0 ? null : "v" + random.nextInt(1 << 30));
        }
    }

    private void put(String key, String value) {
        append(
                BatchBuilder.uncompressed()
                        .append(
                                machine.clock().wallMillis(),
                                key.getBytes(UTF_8),
                                value == null ? null : value.getBytes(UTF_8))
                        .build(),
                AppendOrigin.CLIENT);
        if (value == null) {
            expected.remove(key);
        } else {
            expected.put(key, value);
        }
    }

    private Append append(ByteBuffer batch, AppendOrigin origin) {
        Append append = new Append(
                log,
                BatchValidator.validate(
                        batch, CONFIG.validationRules(), origin, machine.clock().wallMillis()),
                0,
                origin);
        directory.append(List.of(append));
        assertThat(append.failure()).isNull();
        log.advanceHighWatermark(log.logEndOffset());
        return append;
    }

    private List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        read((key, value) -> keys.add(key));
        return keys;
    }

    private Map<String, String> state() throws IOException {
        Map<String, String> state = new HashMap<>();
        read((key, value) -> {
            if (value == null) {
                state.remove(key);
            } else {
                state.put(key, value);
            }
        });
        return state;
    }

    private interface Visitor {
        void visit(String key, String value);
    }

    private void read(Visitor visitor) throws IOException {
        List<AbortedTxn> aborted = log.abortedTransactions(0, log.logEndOffset());
        for (long offset = log.logStartOffset(); offset < log.highWatermark(); ) {
            LogRead read = log.read(offset, 700, log.highWatermark(), true);
            ByteBuffer bytes = bytes(read);
            read.records().close();
            for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeInBytes(bytes, at)) {
                BatchHeader batch = BatchHeader.read(bytes, at);
                boolean dropped = aborted.stream()
                        .anyMatch(txn -> batch.isTransactional()
                                && txn.producerId() == batch.producerId()
                                && txn.firstOffset() <= batch.baseOffset()
                                && txn.lastOffset() >= batch.lastOffset());
                RecordReader.forEach(
                        bytes.slice(at, batch.sizeInBytes()), ReadLimits.defaults(), (DecodedRecord record) -> {
                            if (!dropped) {
                                visitor.visit(text(record.key()), text(record.value()));
                            }
                            return true;
                        });
            }
            assertThat(read.nextOffset()).isGreaterThan(offset);
            offset = read.nextOffset();
        }
    }

    private static ByteBuffer bytes(LogRead read) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(read.records().sizeInBytes());
        read.records().copyTo(bytes);
        return bytes.flip();
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? null : UTF_8.decode(bytes.duplicate()).toString();
    }
}
