package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One bit flips in a batch's base offset, which no checksum covers, and checkpoint and journal, which could tell, are gone:
 * it is noticed all the same, and no record is read under another's offset.
 */
class BaseOffsetDamageTest {

    private static final Path ROOT = Path.of("/data");
    private static final LogId ID = new LogId(new Uuid(1, 2), 0);
    private static final Path LOG = ROOT.resolve(ID.directoryName());
    private static final LogConfig SETTINGS = LogConfig.defaults()
            .with()
            .segmentBytes(1_000)
            .indexIntervalBytes(100)
            .build();
    private static final LogDirectoryConfig FSYNC =
            LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0);

    /** A batch in its file. */
    private record Place(Path file, int position, long base) {}

    private enum Which {
        FIRST_OF_ALL,
        IN_THE_MIDDLE,
        LAST_OF_A_SEGMENT,
        FIRST_OF_THE_LAST_SEGMENT,
        LAST_OF_ALL;

        Place in(List<Place> places) {
            int middle = places.size() / 2;
            int start = middle;
            while (!places.get(start).file.equals(places.get(start - 1).file)) {
                start++;
            }
            int end = start;
            while (places.get(end).file.equals(places.get(end + 1).file)) {
                end++;
            }
            int last = places.size() - 1;
            int first = last;
            while (places.get(first).file.equals(places.get(first - 1).file)) {
                first--;
            }
            return places.get(
                    switch (this) {
                        case FIRST_OF_ALL -> 0;
                        case IN_THE_MIDDLE -> start;
                        case LAST_OF_A_SEGMENT -> end;
                        case FIRST_OF_THE_LAST_SEGMENT -> first;
                        case LAST_OF_ALL -> last;
                    });
        }
    }

    private InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private ManualEnvironment manual = ManualEnvironment.on(1, disk);

    private LogDirectory open() throws IOException {
        return LogDirectory.open(manual.environment(), ROOT, FSYNC);
    }

    /** Thirty batches of one to three records in several segments. */
    private List<String> fill() throws IOException {
        disk = InMemoryFileSystem.with(Path.of("/"));
        manual = ManualEnvironment.on(1, disk);
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            for (int i = 0; i < 30; i++) {
                String[] values = new String[1 + i % 3];
                for (int j = 0; j < values.length; j++) {
                    values[j] = "v" + i + "." + j + "x".repeat(60);
                }
                append(directory, log, values);
            }
            return Batches.read(log, 0, 1 << 20);
        }
    }

    private Append append(LogDirectory directory, PartitionLog log, String... values) {
        long now = manual.environment().clock().wallMillis();
        Append append = new Append(log, Batches.of(now, values), 0, AppendOrigin.CLIENT);
        directory.append(List.of(append));
        log.advanceHighWatermark(Long.MAX_VALUE);
        return append;
    }

    private List<Place> places() throws IOException {
        List<Place> places = new ArrayList<>();
        for (String name : disk.list(LOG)) {
            if (!name.endsWith(".log")) {
                continue;
            }
            Path file = LOG.resolve(name);
            try (FileHandle handle = disk.openForRead(file)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) handle.size());
                handle.read(bytes, 0);
                for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeInBytes(bytes, at)) {
                    places.add(new Place(file, at, BatchHeader.baseOffset(bytes, at)));
                }
            }
        }
        return places;
    }

    /** Bit 0 is the least of the offset. */
    private void flip(Place place, int bit) throws IOException {
        disk.flipBit(place.file, 8L * place.position + 8L * (7 - bit / 8) + bit % 8);
        try (FileHandle handle = disk.openForRead(place.file)) {
            ByteBuffer found = ByteBuffer.allocate(Long.BYTES);
            handle.read(found, place.position);
            assertThat(Long.bitCount(found.getLong(0) ^ place.base)).isEqualTo(1);
        }
    }

    private void forgetCheckpointAndJournal() throws IOException {
        disk.delete(ROOT.resolve("thalweg-checkpoint"));
        for (String name : disk.list(ROOT.resolve("journal"))) {
            disk.delete(ROOT.resolve("journal").resolve(name));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBitFlippedInABaseOffsetIsNoticed(Which which) throws IOException {
        for (int bit = 0; bit < Long.SIZE; bit++) {
            List<String> content = fill();
            Place place = which.in(places());
            forgetCheckpointAndJournal();
            flip(place, bit);

            try (LogDirectory directory = open()) {
                PartitionLog log = directory.log(ID, SETTINGS);
                String what = which + " base=" + place.base + " bit=" + bit;

                List<String> found = Batches.read(log, 0, 700);

                assertThat(log.damage()).as(what).isNotNull();
                assertThat(log.damagedFrom()).as(what).isEqualTo(place.base);
                List<String> others = content.stream()
                        .filter(line -> !line.contains("=v" + indexOf(content, place.base) + "."))
                        .toList();
                assertThat(found).as(what).isEqualTo(others);
                assertThat(append(directory, log, "more").failure()).as(what).isNotNull();
                directory.checkInvariants();

                log.discardDamage();

                assertThat(log.damage()).as(what).isNull();
                assertThat(log.logEndOffset()).as(what).isEqualTo(place.base);
                assertThat(append(directory, log, "more").baseOffset()).as(what).isEqualTo(place.base);
            }
        }
    }

    /** The number of the batch that begins there. */
    private static String indexOf(List<String> content, long base) {
        String line = content.stream()
                .filter(each -> each.startsWith(base + "=v"))
                .findFirst()
                .orElseThrow();
        return line.substring(line.indexOf("=v") + 2, line.indexOf('.'));
    }

    @ParameterizedTest
    @EnumSource(names = {"FIRST_OF_ALL", "IN_THE_MIDDLE", "LAST_OF_A_SEGMENT"})
    void scrubbingNoticesItToo(Which which) throws IOException {
        for (int bit = 0; bit < Long.SIZE; bit++) {
            fill();
            try (LogDirectory directory = open()) {
                PartitionLog log = directory.log(ID, SETTINGS);
                log.open();
                Place place = which.in(places());
                flip(place, bit);

                scrub(directory);

                assertThat(log.damage()).as("%s bit=%d", which, bit).isNotNull();
                assertThat(log.damagedFrom()).as("%s bit=%d", which, bit).isEqualTo(place.base);
            }
        }
    }

    private void scrub(LogDirectory directory) {
        manual.clock().advance(LogScrubber.FIRST_PASS_NANOS / 1_000_000);
        for (int i = 0; i < 3; i++) {
            manual.clock().advance(1_000);
            directory.maintain();
        }
    }

    @Test
    void aWholeSegmentThatIsGoneIsMissed() throws IOException {
        fill();
        Place place = Which.LAST_OF_A_SEGMENT.in(places());
        forgetCheckpointAndJournal();
        disk.delete(place.file);

        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            log.open();
            assertThat(log.damage()).contains("missing from offset");
            assertThat(log.damagedFrom()).isEqualTo(baseOf(place.file));
        }
    }

    @Test
    void theEndOfAClosedSegmentThatIsGoneIsMissed() throws IOException {
        fill();
        Place place = Which.LAST_OF_A_SEGMENT.in(places());
        forgetCheckpointAndJournal();
        try (FileHandle handle = disk.openForWrite(place.file)) {
            handle.truncate(place.position);
        }

        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            log.open();
            assertThat(log.damage()).contains("missing from offset " + place.base);
            assertThat(log.damagedFrom()).isEqualTo(place.base);
        }
        forgetCheckpointAndJournal();
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            log.open();
            assertThat(log.damage()).contains("missing from offset " + place.base);
        }
    }

    private static long baseOf(Path segment) {
        String name = String.valueOf(segment.getFileName());
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    // ---- where offsets may be missing

    /** A follower's log with gaps, as a compacted leader gives them. */
    private List<ByteBuffer> fillWithGaps() throws IOException {
        disk = InMemoryFileSystem.with(Path.of("/"));
        manual = ManualEnvironment.on(1, disk);
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            long now = manual.environment().clock().wallMillis();
            for (int i = 0; i < 30; i++) {
                ByteBuffer batch = Batches.of(now, "v" + i + "x".repeat(60)).bytes();
                ByteBuffer records = ByteBuffer.allocate(batch.remaining())
                        .put(batch.duplicate())
                        .flip();
                EpochOffset end = log.end();
                // Kafka's layout: the base offset in front, the leader epoch behind the length.
                records.putLong(0, end.offset() + i % 4);
                records.putInt(Long.BYTES + Integer.BYTES, 0);
                List<Append> fetched = Append.fetched(log, records, end, Replicas.endOf(records, end));
                directory.append(fetched);
                assertThat(fetched.get(0).failure()).isNull();
                log.advanceHighWatermark(Long.MAX_VALUE);
            }
            return Replicas.batches(log);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sound", "flipped", "deleted"})
    void gapsThatCompactionLeftAreNoDamage(String mark) throws IOException {
        List<ByteBuffer> content = fillWithGaps();
        forgetCheckpointAndJournal();
        if (mark.equals("flipped")) {
            disk.flipBit(LOG.resolve("gaps-checkpoint"), 3);
        } else if (mark.equals("deleted")) {
            disk.delete(LOG.resolve("gaps-checkpoint"));
        }
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            assertThat(Replicas.batches(log)).isEqualTo(content);
            assertThat(log.damage()).isNull();
            scrub(directory);
            assertThat(log.damage()).isNull();
            directory.checkInvariants();
        }
    }

    /** Where a gap follows a batch it may have moved within the gap, which nobody can tell; nothing else goes unnoticed. */
    @Test
    void amongGapsTooOffsetsAscend() throws IOException {
        fillWithGaps();
        int count = places().size();
        for (int index = 0; index < count; index++) {
            for (int bit = 0; bit < Long.SIZE; bit++) {
                fillWithGaps();
                List<Place> places = places();
                Place place = places.get(index);
                long flipped = place.base ^ (1L << bit);
                long after = index == 0 ? 0 : places.get(index - 1).base + 1;
                boolean last = index == count - 1;
                boolean hidden = flipped >= after && (last || flipped < places.get(index + 1).base);
                if (bit > 6 && bit < 60 && index % 7 != 0) {
                    continue;
                }
                forgetCheckpointAndJournal();
                flip(place, bit);
                try (LogDirectory directory = open()) {
                    PartitionLog log = directory.log(ID, SETTINGS);
                    log.open();
                    boolean noticed = log.damage() != null;
                    assertThat(noticed || hidden)
                            .as("base=%d bit=%d flipped=%d", place.base, bit, flipped)
                            .isTrue();
                }
            }
        }
    }
}
