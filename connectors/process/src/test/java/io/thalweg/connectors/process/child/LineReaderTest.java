package io.thalweg.connectors.process.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    @Test
    void linesAreSplitWhateverPiecesTheyComeIn() throws IOException {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                lines.add("x".repeat(random.nextInt(4) == 0 ? random.nextInt(400_000) : random.nextInt(50)));
            }
            lines.add("the last one has no end");

            LineReader reader = new LineReader(pieces(String.join("\n", lines), random), 1 << 20);

            assertThat(all(reader)).as("seed=" + seed).isEqualTo(lines);
        }
    }

    @Test
    void aCarriageReturnBelongsToTheEnd() throws IOException {
        assertThat(all(new LineReader(in("a\r\n\r\nb\r\n"), 100))).containsExactly("a", "", "b");
    }

    @Test
    void aLineOfTheBoundPassesAndALongerOneIsRefused() throws IOException {
        assertThat(all(new LineReader(in("x".repeat(1000) + "\ny"), 1000))).hasSize(2);
        assertThatThrownBy(() -> all(new LineReader(in("x".repeat(1001) + "\ny"), 1000)))
                .isInstanceOf(LineTooLongException.class)
                .hasMessageContaining("line.bytes.max=1000");
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                java.util.Arrays.fill(bytes, from, from + length, (byte) 'x');
                return length;
            }
        };

        assertThatThrownBy(() -> new LineReader(endless, 1 << 20).next()).isInstanceOf(LineTooLongException.class);
    }

    private static List<String> all(LineReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        while (reader.next()) {
            lines.add(new String(reader.buffer(), reader.from(), reader.to() - reader.from(), StandardCharsets.UTF_8));
        }
        return lines;
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream pieces(String text, Random random) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] bytes, int from, int length) {
                return super.read(bytes, from, Math.min(length, 1 + random.nextInt(100_000)));
            }
        };
    }
}
