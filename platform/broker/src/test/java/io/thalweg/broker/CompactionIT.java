package io.thalweg.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.CompressionCodec;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compacted topic on a started broker: its maintenance shrinks the log, and readers lose no key. */
class CompactionIT {

    private static final TopicPartition PRICES = new TopicPartition("prices", 0);
    private static final int KEYS = 20;
    private static final int BATCHES = 80;
    private static final int VALUE_BYTES = 10_000;
    private static final long COMPACTED_BYTES_MAX = 3L << 20;
    private static final int WAITS_MAX = 100;

    private final Map<String, Integer> latest = new HashMap<>();

    @TempDir
    private Path directory;

    @Test
    void theLogShrinksAndEveryKeyKeepsItsLatestValue() throws IOException {
        try (TestBroker broker = TestBroker.start(directory)) {
            broker.create(
                    PRICES.topic(),
                    1,
                    Map.of(
                            "cleanup.policy", "compact",
                            "segment.bytes", Integer.toString(1 << 20),
                            "min.cleanable.dirty.ratio", "0.01"));
            fill(broker);
            assertThat(read(broker)).isEqualTo(latest);
            for (int i = 0; i < WAITS_MAX && logBytes() > COMPACTED_BYTES_MAX; i++) {
                Futures.await(broker.vertx.timer(200));
            }
            assertThat(logBytes()).isLessThanOrEqualTo(COMPACTED_BYTES_MAX);
            assertThat(read(broker)).isEqualTo(latest);
        }
        // Nothing is in memory now: what is read comes from the compacted segments.
        try (TestBroker restarted = TestBroker.start(directory)) {
            assertThat(read(restarted)).isEqualTo(latest);
        }
    }

    private void fill(TestBroker broker) {
        Random random = new Random(1);
        byte[] noise = new byte[VALUE_BYTES];
        for (int i = 0; i < BATCHES; i++) {
            BatchBuilder batch = BatchBuilder.of(CompressionCodec.values()[i % CompressionCodec.values().length]);
            for (int r = 0; r < 10; r++) {
                String key = "key-" + random.nextInt(KEYS);
                random.nextBytes(noise);
                int sequence = i * 10 + r;
                latest.put(key, sequence);
                batch.append(
                        System.currentTimeMillis(),
                        key.getBytes(UTF_8),
                        ByteBuffer.wrap(noise.clone()).putInt(0, sequence).array());
            }
            Futures.await(broker.append(PRICES, batch.build()));
        }
    }

    /** The last value of each key, reading on over the gaps. */
    private static Map<String, Integer> read(TestBroker broker) throws IOException {
        Map<String, Integer> found = new HashMap<>();
        long offset = 0;
        while (true) {
            try (FetchResult result = Futures.await(broker.fetch(PRICES, offset, 0, 0))) {
                FetchedPartition partition = result.partitions().get(0);
                ByteBuffer bytes = ByteBuffer.allocate(partition.records().sizeInBytes());
                partition.records().copyTo(bytes);
                bytes.flip();
                if (!bytes.hasRemaining()) {
                    assertThat(offset).isEqualTo(partition.highWatermark());
                    return found;
                }
                int whole = RecordReader.forEach(bytes, ReadLimits.defaults(), record -> {
                    found.put(
                            UTF_8.decode(record.key().duplicate()).toString(),
                            record.value().getInt(record.value().position()));
                    return true;
                });
                for (int at = 0; at < whole; at += BatchHeader.sizeInBytes(bytes, at)) {
                    offset = BatchHeader.lastOffset(bytes, at) + 1;
                }
            }
        }
    }

    /** What the partition's segments take; those that are about to be removed do not count. */
    private long logBytes() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .filter(file -> !file.getParent().getFileName().toString().startsWith("__"))
                    .mapToLong(CompactionIT::size)
                    .sum();
        } catch (UncheckedIOException vanished) {
            return Long.MAX_VALUE;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException vanished) {
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
