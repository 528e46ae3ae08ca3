package io.thalweg.log.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.AbortedTxn;
import io.thalweg.log.Append;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.LogId;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.TimestampOffset;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.oracle.KafkaLog.Outcome;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.CompressionCodec;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.testkit.ManualClock;
import io.thalweg.testkit.ManualTimers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.FileRecords.TimestampAndOffset;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.OffsetResultHolder;

/** Our log and Apache Kafka's, side by side: everything is done to both and compared at once. */
final class OracleHarness implements AutoCloseable {

    private static final int PRODUCERS = 5;
    private static final int RESENT_MAX = 8;
    private static final int EVENTS_MAX = 30;
    private static final LogId ID = new LogId(new Uuid(1, 2), 0);

    private final Random random;
    private final Path ourRoot;
    private final Path kafkaRoot;
    private final LogConfig config;
    private final LogDirectoryConfig directoryConfig;
    private final Map<String, String> settings;
    private final ManualClock clock = new ManualClock();
    private final Environment environment;

    private LogDirectory directory;
    private PartitionLog ours;
    private KafkaLog kafka;
    private int leaderEpoch;

    /** What was sent, accepted or not, newest last: to be sent again. */
    private final List<ByteBuffer> sent = new ArrayList<>();

    private final Map<Long, Short> epochs = new HashMap<>();
    private final Map<Long, Integer> sequences = new HashMap<>();

    private final Map<ErrorCode, Integer> outcomes = new HashMap<>();
    private int duplicates;
    private final ArrayDeque<String> events = new ArrayDeque<>();
    private boolean restarted;

    OracleHarness(long seed, Path root, boolean compacted, LogDirectoryConfig directoryConfig) throws IOException {
        this.random = new Random(seed);
        this.ourRoot = root.resolve("ours");
        this.kafkaRoot = root.resolve("kafka");
        this.directoryConfig = directoryConfig;
        this.config = LogConfig.defaults()
                .with()
                .segmentBytes(8192)
                .indexIntervalBytes(256)
                .indexBytesMax(4096)
                .maxMessageBytes(4000)
                .timestampBeforeMaxMillis(1_000_000)
                .timestampAfterMaxMillis(1_000_000)
                .compact(compacted)
                .delete(!compacted)
                // Compaction is compared elsewhere: here nothing is worth it.
                .minCleanableDirtyRatio(1)
                .build();
        this.settings = Map.of(
                "internal.segment.bytes", "8192",
                "index.interval.bytes", "256",
                "segment.index.bytes", "4096",
                "max.message.bytes", "4000",
                "message.timestamp.before.max.ms", "1000000",
                "message.timestamp.after.max.ms", "1000000",
                "cleanup.policy", compacted ? "compact" : "delete");
        this.environment = new Environment(clock, new ManualTimers(clock), new Random(seed), FileSystem.system());
        open(0);
    }

    private void open(long logStartOffset) throws IOException {
        directory = LogDirectory.open(environment, ourRoot, directoryConfig);
        ours = directory.log(ID, config);
        kafka = KafkaLog.reopen(kafkaRoot, settings, clock, logStartOffset);
        // Kafka keeps it in a checkpoint outside of the log; with one replica it is the end.
        kafka.log().updateHighWatermark(kafka.log().logEndOffset());
    }

    @Override
    public void close() throws IOException {
        directory.close();
        kafka.close();
    }

    /** The directory of our log; close first. */
    Path ourLogDirectory() {
        return ourRoot.resolve(ID.directoryName());
    }

    PartitionLog ours() {
        return ours;
    }

    Map<ErrorCode, Integer> outcomes() {
        return outcomes;
    }

    int duplicates() {
        return duplicates;
    }

    void restart() throws IOException {
        long logStartOffset = kafka.log().logStartOffset();
        close();
        open(logStartOffset);
        restarted = true;
        note("restart");
    }

    /** One random step, and then everything that can be seen is compared. */
    void step() throws IOException {
        clock.advance(random.nextInt(200));
        switch (random.nextInt(40)) {
            case 0 -> leaderEpoch++;
            case 1 -> deleteRecords();
            case 2 -> directory.maintain();
            default -> append();
        }
        compare();
    }

    private void append() {
        int choice = random.nextInt(20);
        if (choice < 4) {
            send(records(BatchBuilder.of(codec())), AppendOrigin.CLIENT);
        } else if (choice < 6 && !sent.isEmpty()) {
            send(sent.get(random.nextInt(sent.size())), AppendOrigin.CLIENT);
        } else if (choice < 10) {
            marker();
        } else if (choice == 10) {
            broken();
        } else {
            data();
        }
    }

    private void data() {
        long producerId = random.nextInt(PRODUCERS);
        short epoch = epochs.getOrDefault(producerId, (short) 0);
        int sequence = sequences.getOrDefault(producerId, 0);
        switch (random.nextInt(24)) {
            case 0 -> sequence += 1 + random.nextInt(3);
            case 1 -> sequence = Math.max(0, sequence - 1 - random.nextInt(3));
            case 2 -> {
                epoch++;
                sequence = random.nextInt(4) == 0 ? 3 : 0;
            }
            case 3 -> epoch = (short) Math.max(0, epoch - 1);
            case 4 -> sequence = random.nextInt(4) == 0 ? Integer.MAX_VALUE - 2 : sequence;
            default -> {
                // In order.
            }
        }
        // Two producers are transactional, two are not, one is now and then.
        boolean transactional = producerId < 2 || (producerId == 4 && random.nextInt(3) == 0);
        ByteBuffer batch = records(BatchBuilder.of(codec()).producer(producerId, epoch, sequence, transactional));
        sent.add(batch);
        if (sent.size() > RESENT_MAX) {
            sent.remove(0);
        }
        Outcome outcome = send(batch, AppendOrigin.CLIENT);
        if (outcome.error() == ErrorCode.NONE) {
            epochs.put(producerId, epoch);
            sequences.put(producerId, BatchHeader.incrementSequence(sequence, BatchHeader.recordCount(batch, 0)));
        }
    }

    private void marker() {
        long producerId = random.nextInt(PRODUCERS);
        short epoch = epochs.getOrDefault(producerId, (short) 0);
        if (random.nextInt(10) == 0) {
            epoch = (short) Math.max(0, epoch - 1);
        }
        // A coordinator epoch that is older than one before is fenced.
        TransactionMarker marker =
                new TransactionMarker(random.nextBoolean(), random.nextInt(30) == 0 ? 1 : 3 + leaderEpoch);
        send(BatchBuilder.transactionMarker(clock.wallMillis(), producerId, epoch, marker), AppendOrigin.COORDINATOR);
    }

    private void broken() {
        ByteBuffer batch = records(BatchBuilder.uncompressed());
        switch (random.nextInt(6)) {
            case 0 -> batch.put(batch.limit() - 1, (byte) (batch.get(batch.limit() - 1) ^ 1));
            case 1 -> batch.putLong(BatchHeader.BASE_OFFSET, 5);
            case 2 -> checksummed(batch.putInt(BatchHeader.LAST_OFFSET_DELTA, 77));
            case 3 ->
                batch = BatchBuilder.of(codec())
                        .append(clock.wallMillis(), new byte[1], noise(5000))
                        .build();
            case 4 ->
                batch = BatchBuilder.of(codec())
                        .append(clock.wallMillis() + (random.nextBoolean() ? 2_000_000 : -2_000_000), new byte[1], null)
                        .build();
            default ->
                batch = BatchBuilder.of(codec())
                        .append(clock.wallMillis(), null, new byte[1])
                        .build();
        }
        send(batch, AppendOrigin.CLIENT);
    }

    private static void checksummed(ByteBuffer batch) {
        batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, batch.limit()));
    }

    private byte[] noise(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private ByteBuffer records(BatchBuilder builder) {
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            builder.append(
                    clock.wallMillis() - random.nextInt(2000) + 1000,
                    ("key-" + random.nextInt(20)).getBytes(UTF_8),
                    random.nextInt(5) == 0 ? null : noise(random.nextInt(60)));
        }
        return builder.build();
    }

    private CompressionCodec codec() {
        return CompressionCodec.values()[random.nextInt(CompressionCodec.values().length)];
    }

    private Outcome send(ByteBuffer batch, AppendOrigin origin) {
        int duplicatesBefore = duplicates;
        Outcome our = appendOurs(batch, origin);
        Outcome kafkas = kafka.append(batch, leaderEpoch, origin);
        boolean rememberedLonger =
                restarted && duplicates > duplicatesBefore && kafkas.error() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
        // After a restart Kafka knows the last batch of each producer alone, and ours knows five.
        note(origin + " -> " + our + " " + BatchHeader.read(batch, 0));
        if (!rememberedLonger) {
            assertThat(our).as("%s", BatchHeader.read(batch, 0)).isEqualTo(kafkas);
        }
        outcomes.merge(our.error(), 1, Integer::sum);
        return our;
    }

    private Outcome appendOurs(ByteBuffer batch, AppendOrigin origin) {
        Append append;
        try {
            append = new Append(
                    ours,
                    BatchValidator.validate(batch, config.validationRules(), origin, clock.wallMillis()),
                    leaderEpoch,
                    origin);
        } catch (ThalwegException refused) {
            return new Outcome(refused.error(), -1, -1);
        }
        directory.append(List.of(append));
        ours.advanceHighWatermark(ours.logEndOffset());
        ThalwegException failure = append.failure();
        if (failure != null) {
            return new Outcome(failure.error(), -1, -1);
        }
        duplicates += append.duplicate() ? 1 : 0;
        return new Outcome(ErrorCode.NONE, append.baseOffset(), append.lastOffset());
    }

    private void deleteRecords() throws IOException {
        long range = ours.highWatermark() - ours.logStartOffset();
        if (range < 100) {
            return;
        }
        long offset = ours.logStartOffset() + random.nextInt((int) range / 4);
        note("delete records before " + offset);
        ours.deleteRecordsBefore(offset);
        kafka.log().maybeIncrementLogStartOffset(offset, LogStartOffsetIncrementReason.ClientRecordDeletion);
    }

    private void note(String event) {
        events.add(event);
        if (events.size() > EVENTS_MAX) {
            events.remove();
        }
    }

    private String events() {
        return "last events:\n" + String.join("\n", events) + "\n";
    }

    private void compare() throws IOException {
        assertThat(ours.logEndOffset())
                .as("log end offset; %s", events())
                .isEqualTo(kafka.log().logEndOffset());
        assertThat(ours.logStartOffset())
                .as("log start offset; %s", events())
                .isEqualTo(kafka.log().logStartOffset());
        assertThat(ours.lastStableOffset())
                .as("last stable offset; %s", events())
                // Kafka clamps it to the batch that spans the log start offset.
                .isEqualTo(Math.max(kafka.log().lastStableOffset(), ours.logStartOffset()));
        long start = ours.logStartOffset();
        long end = ours.logEndOffset();
        if (end > start) {
            long from = start + random.nextLong(end - start);
            long upTo = from + 1 + random.nextLong(end - from);
            compareAborted(from, upTo);
            compareTime(clock.wallMillis() - random.nextInt(20_000) + 2000);
        }
    }

    /** Everything at once, at the end of a run. */
    void compareAll() throws IOException {
        // Kafka notes a leader epoch before it refuses a batch; with one that is accepted both know the same epochs.
        send(records(BatchBuilder.uncompressed()), AppendOrigin.CLIENT);
        compareAborted(ours.logStartOffset(), ours.logEndOffset());
        assertThat(ours.earliest().offset()).isEqualTo(look(-2).offset);
        assertThat(ours.latest().offset()).isEqualTo(look(-1).offset);
        if (ours.logEndOffset() > ours.logStartOffset()) {
            TimestampAndOffset kafkas = look(-3);
            TimestampOffset our = ours.maxTimestamp();
            assertThat(our.timestamp()).isEqualTo(kafkas.timestamp);
            assertThat(our.offset()).isEqualTo(kafkas.offset);
        }
        for (int i = 0; i < 100; i++) {
            compareTime(ManualClock.START_MILLIS
                    - 2000
                    + random.nextLong(clock.wallMillis() - ManualClock.START_MILLIS + 4000));
        }
        for (int epoch = 0; epoch <= leaderEpoch; epoch++) {
            var kafkas = kafka.log().endOffsetForEpoch(epoch);
            var our = ours.endOfEpoch(epoch);
            assertThat(our.endOffset())
                    .isEqualTo(kafkas.map(end -> end.offset()).orElse(-1L));
            assertThat(our.leaderEpoch())
                    .isEqualTo(kafkas.map(end -> end.epoch()).orElse(-1));
        }
    }

    private void compareAborted(long from, long upTo) throws IOException {
        assertThat(ours.abortedTransactions(from, upTo))
                .as("aborted transactions in [%d, %d)", from, upTo)
                .containsExactlyInAnyOrderElementsOf(kafka.log().collectAbortedTransactions(from, upTo).stream()
                        // Kafka adds those of the same segment that ended before; readers of a fetch do not get them.
                        .filter(txn -> txn.lastOffset() >= from)
                        .map(txn -> new AbortedTxn(
                                txn.producerId(), txn.firstOffset(), txn.lastOffset(), txn.lastStableOffset()))
                        .toList());
    }

    private void compareTime(long timestamp) throws IOException {
        TimestampAndOffset kafkas = look(timestamp);
        TimestampOffset our = ours.offsetForTimestamp(timestamp);
        if (kafkas == null && ours.logStartOffset() > 0 && !our.equals(TimestampOffset.NONE)) {
            // Kafka looks into one segment alone, and finds nothing if what it holds of that time was deleted.
            assertThat(our.timestamp()).isGreaterThanOrEqualTo(timestamp);
            assertThat(our.offset()).isBetween(ours.logStartOffset(), ours.logEndOffset() - 1);
            return;
        }
        TimestampOffset expected = kafkas == null
                ? TimestampOffset.NONE
                : new TimestampOffset(kafkas.timestamp, kafkas.offset, kafkas.leaderEpoch.orElse(-1));
        assertThat(our).as("offset for timestamp %d", timestamp).isEqualTo(expected);
    }

    private TimestampAndOffset look(long timestamp) {
        OffsetResultHolder holder = kafka.log().fetchOffsetByTimestamp(timestamp, Optional.empty());
        return holder.timestampAndOffsetOpt().orElse(null);
    }
}
