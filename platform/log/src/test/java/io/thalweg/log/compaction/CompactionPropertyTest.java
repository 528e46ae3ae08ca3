package io.thalweg.log.compaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.AbortedTxn;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.oracle.KafkaLog;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.CompressionCodec;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.testkit.ManualClock;
import io.thalweg.testkit.Seeds;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same log, several rounds, compacted by Apache Kafka's own Cleaner and by ours: what stays is equal, batch for
 * batch and record for record, with transactions, aborted ones, tombstones past and before their horizon, idempotent
 * producers and every codec.
 */
class CompactionPropertyTest {

    private static final int SEGMENT_BYTES = 4096;
    private static final long DELETE_RETENTION_MILLIS = 50_000;
    private static final int KEYS = 12;
    private static final int PRODUCERS = 4;

    private final ManualClock clock = new ManualClock();
    private final Map<Long, Integer> sequences = new HashMap<>();
    private final Map<Long, Integer> openTransactions = new HashMap<>();

    @Seeds(count = 20)
    void staysWhatStaysWithKafka(long seed, @TempDir Path directory) throws Exception {
        Random random = new Random(seed);
        try (KafkaLog kafka = KafkaLog.open(
                directory,
                Map.of(
                        "internal.segment.bytes", Integer.toString(SEGMENT_BYTES),
                        "cleanup.policy", "compact",
                        "delete.retention.ms", Long.toString(DELETE_RETENTION_MILLIS),
                        "segment.index.bytes", "4096",
                        "index.interval.bytes", "64"),
                clock)) {
            long firstDirty = 0;
            for (int round = 0; round < 5; round++) {
                fill(kafka, random);
                clock.advance(random.nextInt(60_000));
                if (random.nextBoolean()) {
                    kafka.log().roll();
                }
                CompactionPlan plan = plan(kafka, firstDirty);
                if (plan.firstDirtyOffset() >= plan.endOffset()) {
                    continue;
                }
                Path copies = directory.resolve("round-" + round);
                List<String> ours = compact(kafka, plan, copies, random);
                new Cleaner(
                                0,
                                new SkimpyOffsetMap(1 << 16),
                                1 << 16,
                                1 << 20,
                                0.9,
                                new Throttler(Double.MAX_VALUE, 300, "cleaner", "bytes", Time.SYSTEM),
                                new Unmoving(clock),
                                partition -> {})
                        .doClean(
                                new LogToClean(kafka.log(), plan.firstDirtyOffset(), plan.endOffset(), false),
                                clock.wallMillis());
                List<String> kafkas = content(kafka, plan.endOffset());
                // Ours keeps the last batch of every segment, if need be empty, so that each tells where it ended.
                ours.removeIf(batch -> !batch.contains("@") && !kafkas.contains(batch));
                assertThat(ours).isEqualTo(kafkas);
                firstDirty = plan.endOffset();
            }
        }
    }

    private void fill(KafkaLog kafka, Random random) {
        int batches = 10 + random.nextInt(60);
        for (int i = 0; i < batches; i++) {
            clock.advance(random.nextInt(500));
            long producerId = random.nextInt(PRODUCERS);
            int choice = random.nextInt(10);
            if (choice < 3) {
                append(kafka, records(BatchBuilder.of(codec(random)), random), AppendOrigin.CLIENT);
            } else if (openTransactions.containsKey(producerId) && choice < 6) {
                TransactionMarker marker = new TransactionMarker(random.nextBoolean(), 0);
                append(
                        kafka,
                        BatchBuilder.transactionMarker(clock.wallMillis(), producerId, (short) 0, marker),
                        AppendOrigin.COORDINATOR);
                openTransactions.remove(producerId);
            } else {
                // The lower half of the producers is transactional, the upper one only idempotent.
                boolean transactional = producerId < PRODUCERS / 2;
                int sequence = sequences.getOrDefault(producerId, 0);
                BatchBuilder builder =
                        BatchBuilder.of(codec(random)).producer(producerId, (short) 0, sequence, transactional);
                ByteBuffer batch = records(builder, random);
                sequences.put(producerId, sequence + BatchHeader.recordCount(batch, 0));
                if (transactional) {
                    openTransactions.put(producerId, sequence);
                }
                append(kafka, batch, AppendOrigin.CLIENT);
            }
        }
        if (random.nextInt(3) != 0) {
            for (long producerId : List.copyOf(openTransactions.keySet())) {
                TransactionMarker marker = new TransactionMarker(random.nextBoolean(), 0);
                append(
                        kafka,
                        BatchBuilder.transactionMarker(clock.wallMillis(), producerId, (short) 0, marker),
                        AppendOrigin.COORDINATOR);
            }
            openTransactions.clear();
        }
    }

    private static void append(KafkaLog kafka, ByteBuffer batch, AppendOrigin origin) {
        assertThat(kafka.append(batch, 0, origin).error()).isEqualTo(ErrorCode.NONE);
    }

    private ByteBuffer records(BatchBuilder builder, Random random) {
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            byte[] value = random.nextInt(4) == 0 ? null : new byte[random.nextInt(100)];
            builder.append(
                    clock.wallMillis() - random.nextInt(100),
                    ("key-" + random.nextInt(KEYS)).getBytes(UTF_8),
                    value,
                    List.of(new BatchBuilder.Header("h", new byte[random.nextInt(3)])));
        }
        return builder.build();
    }

    private static CompressionCodec codec(Random random) {
        return CompressionCodec.values()[random.nextInt(CompressionCodec.values().length)];
    }

    private CompactionPlan plan(KafkaLog kafka, long firstDirty) throws IOException {
        List<LogSegment> segments = kafka.log().logSegments();
        List<ClosedSegment> closed = new ArrayList<>();
        for (int i = 0; i < segments.size() - 1; i++) {
            LogSegment segment = segments.get(i);
            closed.add(new ClosedSegment(
                    segment.log().file().toPath(),
                    segment.baseOffset(),
                    segments.get(i + 1).baseOffset(),
                    segment.size(),
                    segment.largestTimestamp(),
                    segment.largestTimestamp()));
        }
        return CompactionPlan.of(
                closed, firstDirty, kafka.log().lastStableOffset(), 0, Long.MAX_VALUE, clock.wallMillis());
    }

    /** Compacts copies of Kafka's segments and returns what stays. */
    private List<String> compact(KafkaLog kafka, CompactionPlan plan, Path copies, Random random) throws IOException {
        Files.createDirectories(copies);
        List<ClosedSegment> segments = new ArrayList<>();
        for (ClosedSegment segment : plan.segments()) {
            Path copy = copies.resolve(segment.file().getFileName());
            Files.copy(segment.file(), copy, StandardCopyOption.REPLACE_EXISTING);
            segments.add(new ClosedSegment(
                    copy,
                    segment.baseOffset(),
                    segment.nextOffset(),
                    segment.sizeInBytes(),
                    segment.firstTimestamp(),
                    segment.largestTimestamp()));
        }
        CompactionPlan copied = new CompactionPlan(
                segments, plan.firstDirtyOffset(), plan.endOffset(), plan.dirtyRatio(), plan.overdue());
        Map<Long, LastOfProducer> producers = new HashMap<>();
        kafka.log()
                .lastRecordsOfActiveProducers()
                .forEach((id, last) -> producers.put(
                        id, new LastOfProducer(last.lastDataOffset().orElse(-1), last.producerEpoch())));
        List<AbortedTxn> aborted = kafka.log().collectAbortedTransactions(0, plan.endOffset()).stream()
                .map(txn ->
                        new AbortedTxn(txn.producerId(), txn.firstOffset(), txn.lastOffset(), txn.lastStableOffset()))
                .toList();
        List<String> content = new ArrayList<>();
        try (Compaction compaction = new Compaction(
                FileSystem.system(),
                copied,
                new CompactionSettings(SEGMENT_BYTES, DELETE_RETENTION_MILLIS, 1 << 16),
                aborted,
                producers,
                Set.of(),
                clock.wallMillis())) {
            while (!compaction.advance(1 + random.nextInt(5000))) {
                // Goes on in steps of any size.
            }
            assertThat(compaction.endOffset()).isEqualTo(plan.endOffset());
            for (CompactedSegment result : compaction.results()) {
                assertThat(Files.size(result.file())).isEqualTo(result.sizeInBytes());
                content.addAll(batches(result.file().toFile()));
            }
        }
        try (var files = Files.list(copies)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(Compaction.SUFFIX));
        }
        return content;
    }

    private static List<String> content(KafkaLog kafka, long endOffset) throws IOException {
        List<String> content = new ArrayList<>();
        for (LogSegment segment : kafka.log().logSegments()) {
            if (segment.baseOffset() < endOffset) {
                content.addAll(batches(segment.log().file()));
            }
        }
        return content;
    }

    private static List<String> batches(File file) throws IOException {
        List<String> batches = new ArrayList<>();
        try (FileRecords records = FileRecords.open(file, false)) {
            for (RecordBatch batch : records.batches()) {
                batch.ensureValid();
                // Not the size and the checksum: compressed bytes need not be equal.
                StringBuilder all = new StringBuilder()
                        .append(batch.baseOffset() + ".." + batch.lastOffset())
                        .append(" epoch=" + batch.partitionLeaderEpoch())
                        .append(" codec=" + batch.compressionType())
                        .append(" producer=" + batch.producerId() + "/" + batch.producerEpoch())
                        .append(" sequence=" + batch.baseSequence() + ".." + batch.lastSequence())
                        .append(batch.isTransactional() ? " transactional" : "")
                        .append(batch.isControlBatch() ? " control" : "")
                        .append(" horizon=" + batch.deleteHorizonMs())
                        .append(" " + batch.timestampType() + " max=" + batch.maxTimestamp());
                for (Record record : batch) {
                    all.append("\n  " + record.offset() + "@" + record.timestamp() + " ")
                            .append(record.key() == null ? "-" : UTF_8.decode(record.key()))
                            .append("=" + (record.hasValue() ? record.value().remaining() : "null"))
                            .append(Arrays.toString(record.headers()));
                }
                batches.add(all.toString());
            }
        }
        return batches;
    }

    /** The wall clock of the test for Kafka; the throttler measures with it and must not move it. */
    private record Unmoving(ManualClock clock) implements Time {
        @Override
        public long milliseconds() {
            return clock.wallMillis();
        }

        @Override
        public long nanoseconds() {
            return System.nanoTime();
        }

        @Override
        public void sleep(long millis) {}

        @Override
        public void waitObject(Object object, java.util.function.Supplier<Boolean> condition, long deadlineMillis) {
            throw new UnsupportedOperationException("nothing waits in these tests");
        }
    }
}
