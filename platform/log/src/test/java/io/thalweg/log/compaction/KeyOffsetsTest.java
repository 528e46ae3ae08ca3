package io.thalweg.log.compaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyOffsetsTest {

    private static final int SMALLEST_BYTES = 24 << 10;

    @Test
    void holdsTheLatestOffsetOfEachKey() {
        KeyOffsets keys = new KeyOffsets(1 << 20);
        Map<String, Long> model = new HashMap<>();
        Random random = new Random(5);
        for (long offset = 0; offset < 50_000; offset++) {
            String key = "key-" + random.nextInt(20_000);
            assertThat(keys.put(bytes(key), offset)).isTrue();
            model.put(key, offset);
        }
        assertThat(keys.size()).isEqualTo(model.size());
        model.forEach((key, offset) -> assertThat(keys.latest(bytes(key))).isEqualTo(offset));
        assertThat(keys.latest(bytes("other"))).isEqualTo(-1);
    }

    @Test
    void whenItIsFullItTakesKnownKeysAndNoNewOnes() {
        KeyOffsets keys = new KeyOffsets(SMALLEST_BYTES);
        int taken = 0;
        while (keys.put(bytes("key-" + taken), taken)) {
            taken++;
        }
        assertThat(taken).isEqualTo(768);
        assertThat(keys.put(bytes("key-0"), 5_000)).isTrue();
        assertThat(keys.latest(bytes("key-0"))).isEqualTo(5_000);
        assertThat(keys.latest(bytes("key-" + taken))).isEqualTo(-1);
    }

    @Test
    void readsKeysFromAnyMemoryWithoutMovingThem() {
        KeyOffsets keys = new KeyOffsets(SMALLEST_BYTES);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(10).put(bytes("..key")).flip().position(2);
        keys.put(direct, 7);
        assertThat(direct.position()).isEqualTo(2);
        assertThat(keys.latest(bytes("key"))).isEqualTo(7);
        assertThat(keys.latest(ByteBuffer.allocate(0))).isEqualTo(-1);
    }

    private static ByteBuffer bytes(String key) {
        return ByteBuffer.wrap(key.getBytes(UTF_8));
    }
}
