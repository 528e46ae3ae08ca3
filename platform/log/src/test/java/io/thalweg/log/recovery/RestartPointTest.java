package io.thalweg.log.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.EpochOffset;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartPointTest {

    @Test
    void isReadBackOrRefused() {
        RestartPoint point = RestartPoint.of(new EpochOffset(-1, 1L << 40), List.of(3, 1));
        ByteBuffer bytes = point.encode();
        assertThat(RestartPoint.decode(bytes)).isEqualTo(point);
        assertThat(RestartPoint.decode(
                        RestartPoint.of(new EpochOffset(4, 0), List.of()).encode()))
                .isEqualTo(RestartPoint.of(new EpochOffset(4, 0), List.of()));
        for (int bit = 0; bit < 8 * bytes.limit(); bit++) {
            bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ (1 << bit % 8)));
            assertThat(RestartPoint.decode(bytes)).isNull();
            bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ (1 << bit % 8)));
        }
        assertThat(RestartPoint.decode(bytes.slice(0, 10))).isNull();
    }
}
