package io.thalweg.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
    @Test
    void lineEndsBlankLinesAndALongLine() {
        assertThat(split(5, "a\r\n\n  \nbb\n123456789\n12345\r\n12345\nend"))
                .containsExactly("a", "bb", null, "12345", "12345", "end");
    }

    @Test
    void oneByteTooManyIsTooLong() {
        assertThat(split(5, "123456\n12345")).containsExactly(null, "12345");
        assertThat(split(5, "123456")).containsExactly((String) null);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void howTheBytesArriveMakesNoDifference(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < random.nextInt(80); c++) {
                text.append("ab \r\n".charAt(random.nextInt(5)));
            }
            byte[] bytes = text.toString().getBytes(UTF_8);
            List<String> pieces = new ArrayList<>();
            LineSplitter splitter = new LineSplitter(6, line -> pieces.add(text(line)));
            for (int at = 0; at < bytes.length; ) {
                int to = Math.min(bytes.length, at + 1 + random.nextInt(9));
                splitter.onBytes(Arrays.copyOfRange(bytes, at, to));
                at = to;
            }
            splitter.onEnd();

            assertThat(pieces).as("seed=%d i=%d", seed, i).isEqualTo(split(6, text.toString()));
        }
    }

    private static List<String> split(int lineBytesMax, String text) {
        List<String> lines = new ArrayList<>();
        LineSplitter splitter = new LineSplitter(lineBytesMax, line -> lines.add(text(line)));
        splitter.onBytes(text.getBytes(UTF_8));
        splitter.onEnd();
        return lines;
    }

    private static String text(byte[] line) {
        return line == null ? null : new String(line, UTF_8);
    }
}
