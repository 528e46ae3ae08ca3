package io.thalweg.log.compaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.CompressionCodec;
import io.thalweg.log.record.DecodedRecord;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompactionTest {

    private static final Path LOG = Path.of("/data/log");
    private static final long NOW = 1_000_000;
    private static final int SMALL_MAP_BYTES = 24 << 10;

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(LOG);

    @Seeds(count = 20)
    void theLatestValueOfEachKeySurvivesHoweverSmallTheMap(long seed) throws IOException {
        Random random = new Random(seed);
        List<ClosedSegment> segments = new ArrayList<>();
        Map<String, Long> latest = new HashMap<>();
        long offset = 0;
        for (int i = 0; i < 6; i++) {
            List<ByteBuffer> batches = new ArrayList<>();
            long base = offset;
            for (int b = 0; b < 20; b++) {
                BatchBuilder builder = BatchBuilder.of(
                                CompressionCodec.values()[random.nextInt(CompressionCodec.values().length)])
                        .position(offset, 3);
                for (int r = 1 + random.nextInt(30); r > 0; r--) {
                    String key = "key-" + random.nextInt(3000);
                    latest.put(key, offset);
                    builder.append(
                            NOW, key.getBytes(UTF_8), Long.toString(offset++).getBytes(UTF_8));
                }
                batches.add(builder.build());
            }
            segments.add(write(base, offset, batches));
        }
        long dirty = 0;
        int rounds = 0;
        while (dirty < offset) {
            CompactionPlan plan = CompactionPlan.of(segments, dirty, offset, 0, Long.MAX_VALUE, NOW);
            Compaction compaction = compaction(plan);
            while (!compaction.advance(4096)) {
                // In steps.
            }
            assertThat(compaction.endOffset()).isGreaterThan(dirty);
            dirty = compaction.endOffset();
            segments = swapIn(compaction, segments);
            assertThat(++rounds).isLessThan(20);
        }
        assertThat(rounds).isGreaterThan(1);
        Map<String, Long> found = new HashMap<>();
        for (ClosedSegment segment : segments) {
            for (DecodedRecord record : read(segment)) {
                String key = UTF_8.decode(record.key().duplicate()).toString();
                assertThat(UTF_8.decode(record.value().duplicate()).toString()).isEqualTo("" + record.offset());
                assertThat(found.put(key, record.offset())).isNull();
            }
        }
        assertThat(found).isEqualTo(latest);
    }

    @Test
    void damageStopsTheRunAndLeavesNothingBehind() throws IOException {
        ClosedSegment segment = write(
                0,
                1,
                List.of(BatchBuilder.uncompressed()
                        .append(NOW, new byte[1], new byte[100])
                        .build()));
        disk.flipBit(segment.file(), 8 * 120);
        try (Compaction compaction = compaction(CompactionPlan.of(List.of(segment), 0, 1, 0, Long.MAX_VALUE, NOW))) {
            assertThatThrownBy(() -> compaction.advance(1000)).isInstanceOf(ThalwegException.class);
        }
        assertThat(disk.list(LOG)).containsExactly(segment.file().getFileName().toString());
    }

    @Test
    void anAbandonedRunLeavesNothingBehind() throws IOException {
        List<ByteBuffer> batches = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            batches.add(BatchBuilder.uncompressed()
                    .position(i, 0)
                    .append(NOW, new byte[] {(byte) i}, new byte[100])
                    .build());
        }
        ClosedSegment segment = write(0, 10, batches);
        CompactionPlan plan = CompactionPlan.of(List.of(segment), 0, 10, 0, Long.MAX_VALUE, NOW);
        for (int steps = 0; steps < 30; steps++) {
            try (Compaction compaction = compaction(plan)) {
                for (int i = 0; i < steps; i++) {
                    compaction.advance(1);
                }
            }
            assertThat(disk.list(LOG)).hasSize(1);
        }
    }

    @Test
    void recordsWithoutAKeyAreDroppedAndTheEndOfTheRunIsKept() throws IOException {
        ClosedSegment segment = write(
                0,
                3,
                List.of(BatchBuilder.uncompressed()
                        .append(NOW, null, new byte[1])
                        .append(NOW, null, new byte[1])
                        .append(NOW, null, new byte[1])
                        .build()));
        Compaction compaction = compaction(CompactionPlan.of(List.of(segment), 0, 3, 0, Long.MAX_VALUE, NOW));
        while (!compaction.advance(10)) {
            // In steps.
        }
        List<ClosedSegment> after = swapIn(compaction, List.of(segment));
        assertThat(read(after.get(0))).isEmpty();
        ByteBuffer rest = bytes(after.get(0));
        assertThat(rest.limit()).isEqualTo(BatchHeader.BYTES);
        assertThat(BatchHeader.lastOffset(rest, 0)).isEqualTo(2);
        assertThat(BatchHeader.checksumMatches(rest, 0, rest.limit())).isTrue();
    }

    private Compaction compaction(CompactionPlan plan) {
        return new Compaction(
                disk, plan, new CompactionSettings(1 << 20, 1000, SMALL_MAP_BYTES), List.of(), Map.of(), Set.of(), NOW);
    }

    private List<ClosedSegment> swapIn(Compaction compaction, List<ClosedSegment> before) throws IOException {
        List<ClosedSegment> after = new ArrayList<>(before);
        for (CompactedSegment result : compaction.results()) {
            ClosedSegment first = result.replaced().get(0);
            ClosedSegment last = result.replaced().get(result.replaced().size() - 1);
            int at = after.indexOf(first);
            after.removeAll(result.replaced());
            disk.rename(result.file(), first.file());
            after.add(
                    at,
                    new ClosedSegment(
                            first.file(), first.baseOffset(), last.nextOffset(), result.sizeInBytes(), NOW, NOW));
        }
        compaction.close();
        return after;
    }

    private ClosedSegment write(long base, long next, List<ByteBuffer> batches) throws IOException {
        Path path = LOG.resolve(base + ".log");
        int size = 0;
        try (FileHandle file = disk.openForWrite(path)) {
            for (ByteBuffer batch : batches) {
                int bytes = batch.remaining();
                file.write(batch, size);
                size += bytes;
            }
        }
        return new ClosedSegment(path, base, next, size, NOW, NOW);
    }

    private ByteBuffer bytes(ClosedSegment segment) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(segment.sizeInBytes());
        try (FileHandle file = disk.openForRead(segment.file())) {
            file.read(bytes, 0);
        }
        return bytes.flip();
    }

    private List<DecodedRecord> read(ClosedSegment segment) throws IOException {
        List<DecodedRecord> records = new ArrayList<>();
        RecordReader.forEach(bytes(segment), ReadLimits.defaults(), records::add);
        return records;
    }
}
