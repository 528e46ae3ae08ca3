package io.thalweg.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes a record has, it can be read as JSON and published again as the same bytes. */
class RecordJsonPropertyTest {
    private static final String[] FRAGMENTS = {
        "{\"a\": 1.10}",
        "[1,2,  3]",
        "null",
        "true",
        "false",
        "\"quoted\"",
        "007",
        "-0",
        "1e400",
        " 12",
        "12 ",
        "",
        "{\"a\":{\"b\":[{}, [], \"\\ud800\"]}}",
        "{\"a\":1",
        "naïve",
        "\u0000",
        "\ud83d\ude00",
        "[",
        "0x12",
        "+1",
        "1.",
        "{\n  \"pretty\": [\n 1 ]\r\n}",
        "\"",
        "\\",
        "\u2028",
        "{\"a\":1,\"a\":2}",
        "[1,]",
        "{,}",
        "-",
        "NaN"
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatWasReadPublishesAgainByteForByte(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] key = bytes(random);
            byte[] value = bytes(random);
            List<RecordHeader> headers =
                    List.of(new RecordHeader("h", bytes(random)), new RecordHeader("h", bytes(random)));
            JsonWriter json = new JsonWriter(16);
            RecordJsonWriter.write(json, new ReceivedRecord("t", 3, 7, 99, key, value, headers), random.nextBoolean());

            OutgoingRecord again = new RecordJsonParser("t").record(json.toBytes());

            assertThat(again.key()).as("seed=%d i=%d %s", seed, i, json).isEqualTo(key);
            assertThat(again.value()).as("seed=%d i=%d %s", seed, i, json).isEqualTo(value);
            assertThat(again.headers()).hasSameSizeAs(headers);
            for (int h = 0; h < headers.size(); h++) {
                assertThat(again.headers().get(h).value())
                        .isEqualTo(headers.get(h).value());
            }
            assertThat(again.partition()).isEqualTo(3);
            assertThat(again.timestampMillis()).isEqualTo(99);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void scannerAcceptsExactlyWhatJacksonAccepts(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] text = mutated(random, FRAGMENTS[random.nextInt(FRAGMENTS.length)] + suffix(random));
            // Jackson takes NUL for white space between tokens; RFC 8259 does not.
            if (!Utf8.isValid(text, 0, text.length) || new String(text, StandardCharsets.UTF_8).indexOf(0) >= 0) {
                continue;
            }
            assertThat(scans(text))
                    .as(
                            "seed=%d i=%d text=%s",
                            seed, i, java.util.HexFormat.of().formatHex(text))
                    .isEqualTo(jacksonReads(text));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void utf8CheckAgreesWithTheJdk(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] text = bytes(random);
            byte[] value = text == null ? new byte[0] : text;
            boolean jdk = java.util.Arrays.equals(
                    new String(value, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), value);
            assertThat(Utf8.isValid(value, 0, value.length))
                    .as("seed=%d i=%d", seed, i)
                    .isEqualTo(jdk);
        }
    }

    private static String suffix(Random random) {
        return random.nextInt(3) == 0 ? FRAGMENTS[random.nextInt(FRAGMENTS.length)] : "";
    }

    private static boolean scans(byte[] text) {
        JsonScanner scanner = new JsonScanner(text, 0, text.length);
        try {
            scanner.skipValue();
            scanner.expectEnd();
            return true;
        } catch (RuntimeException malformed) {
            return false;
        }
    }

    /** Vert.x reads JSON with Jackson. */
    private static boolean jacksonReads(byte[] text) {
        try {
            Json.decodeValue(Buffer.buffer(text));
            return true;
        } catch (DecodeException malformed) {
            return false;
        }
    }

    private static byte[] bytes(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> {
                byte[] noise = new byte[random.nextInt(40)];
                random.nextBytes(noise);
                yield noise;
            }
            default -> mutated(random, FRAGMENTS[random.nextInt(FRAGMENTS.length)] + suffix(random));
        };
    }

    private static byte[] mutated(Random random, String text) {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b);
        }
        int changes = random.nextInt(3);
        for (int i = 0; i < changes && !bytes.isEmpty(); i++) {
            int at = random.nextInt(bytes.size());
            switch (random.nextInt(3)) {
                case 0 -> bytes.remove(at);
                case 1 -> bytes.set(at, (byte) random.nextInt(128));
                default -> bytes.add(at, (byte) "{}[]\",:\\ue1-0 \n".charAt(random.nextInt(15)));
            }
        }
        byte[] out = new byte[bytes.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = bytes.get(i);
        }
        return out;
    }
}
