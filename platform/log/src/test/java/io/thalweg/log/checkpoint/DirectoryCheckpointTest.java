package io.thalweg.log.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.LogId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class DirectoryCheckpointTest {

    private static final Uuid CLUSTER = new Uuid(0x0123456789abcdefL, 0x7edcba9876543210L);

    private static DirectoryCheckpoint checkpoint(Map<LogId, DirectoryCheckpoint.Entry> logs) {
        return new DirectoryCheckpoint(false, 42, CLUSTER, 7, logs);
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        Random random = new Random(5);
        Map<LogId, DirectoryCheckpoint.Entry> logs = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            logs.put(
                    new LogId(new Uuid(random.nextLong(), random.nextLong()), random.nextInt(Integer.MAX_VALUE)),
                    new DirectoryCheckpoint.Entry(
                            random.nextInt(3),
                            random.nextLong() >>> random.nextInt(64),
                            random.nextLong() >>> 1,
                            10L * random.nextInt(1000),
                            random.nextInt(5) - 1,
                            random.nextInt(),
                            Long.MAX_VALUE));
        }
        DirectoryCheckpoint written = checkpoint(logs);

        assertThat(DirectoryCheckpoint.decode(written.encode())).isEqualTo(written);
    }

    @Test
    void aLineHasTheNameOfTheLogsDirectory() {
        LogId id = new LogId(new Uuid(-1L, 3), 12);
        String text = StandardCharsets.US_ASCII
                .decode(checkpoint(Map.of(id, new DirectoryCheckpoint.Entry(0, 1, 2, 2, -1, 100, Long.MAX_VALUE)))
                        .encode())
                .toString();

        assertThat(text).contains("\n" + id.directoryName() + " 0 1 2 2 -1 100 " + Long.MAX_VALUE + "\n");
    }

    @Test
    void aFlippedBitIsFound() {
        ByteBuffer bytes = checkpoint(Map.of(
                        new LogId(CLUSTER, 0), new DirectoryCheckpoint.Entry(0, 1, 2, 2, 0, 100, Long.MAX_VALUE)))
                .encode();
        bytes.put(30, (byte) (bytes.get(30) ^ 1));

        assertThat(DirectoryCheckpoint.decode(bytes)).isNull();
    }
}
