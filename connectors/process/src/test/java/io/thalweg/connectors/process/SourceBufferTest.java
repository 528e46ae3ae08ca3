package io.thalweg.connectors.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.process.message.ChildMessage.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceBufferTest {

    @Test
    void whateverIsTakenAtOnceEveryRecordComesOnceInOrderAndNoPositionRunsAhead() throws InterruptedException {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            SourceBuffer buffer = new SourceBuffer(1 << 30, () -> {});
            int put = 0;
            for (int message = 0; message < 20; message++) {
                int count = random.nextInt(10);
                Integer position = random.nextBoolean() ? put + count : null;
                buffer.put(records(put, count, position));
                put += count;
            }

            int taken = 0;
            int behind = 0;
            int position = 0;
            SourceBuffer.Taken part;
            int recordsMax = 1 + random.nextInt(15);
            int bytesMax = 1 + random.nextInt(1_000);
            while ((part = buffer.take(recordsMax, bytesMax)) != null) {
                for (SourceRecord record : part.records()) {
                    assertThat(record.value()).as("seed=" + seed).isEqualTo(taken++);
                }
                assertThat(part.records().size()).isLessThanOrEqualTo(recordsMax);
                if (part.position() != null) {
                    position = (Integer) part.position();
                    behind = 0;
                }
                behind = part.position() == null ? behind + part.recordsBehind() : part.recordsBehind();
                assertThat(position + behind).as("seed=" + seed).isEqualTo(taken);
            }
            assertThat(taken).as("seed=" + seed).isEqualTo(put);
        }
    }

    @Test
    void theReaderWaitsWhileTheBufferIsFullAndGoesOnWhenItIsTaken() throws Exception {
        SourceBuffer buffer = new SourceBuffer(10_000, () -> {});
        AtomicInteger put = new AtomicInteger();
        Thread reader = new Thread(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    buffer.put(records(i, 1, null));
                    put.incrementAndGet();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.start();
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        int held = put.get();
        assertThat(held).isBetween(1, 20);

        int taken = 0;
        while (taken < 100) {
            SourceBuffer.Taken part = buffer.take(7, 1 << 20);
            taken += part == null ? 0 : part.records().size();
        }
        reader.join(TimeUnit.SECONDS.toMillis(30));

        assertThat(put.get()).isEqualTo(100);
    }

    @Test
    void closingLetsGoOfTheReader() throws Exception {
        SourceBuffer buffer = new SourceBuffer(1, () -> {});
        buffer.put(records(0, 1, null));
        Thread reader = new Thread(() -> {
            try {
                buffer.put(records(1, 1, null));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.start();
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        buffer.close();

        reader.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(reader.isAlive()).isFalse();
        assertThat(buffer.isEmpty()).isTrue();
    }

    private static Records records(int first, int count, @Nullable Integer position) {
        List<SourceRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(SourceRecord.of("t", null, Objects.requireNonNull((Integer) (first + i))));
        }
        return new Records(records, count * 1_000, position);
    }
}
