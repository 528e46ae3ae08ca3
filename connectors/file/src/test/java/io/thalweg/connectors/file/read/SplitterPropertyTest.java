package io.thalweg.connectors.file.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.file.FileSourcePlugin;
import io.thalweg.connectors.file.TestContext;
import io.thalweg.testkit.Seeds;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random files against the values that they were made of: whatever chunks the bytes arrive in, whatever the credit, and
 * from whichever position the reading goes on, the same records come.
 */
class SplitterPropertyTest {

    private static final String[] PIECES = {
        "a", "Z", " ", "\t", "\"", "\"\"", ",", ";", "'", "\\", "\\\"", "{", "}", "[", "]", ":", "é", "漢", "😀",
        "\u0000", "\u2028", "0"
    };

    @TempDir
    Path root;

    @Seeds(count = 150)
    void linesComeBackWhateverTheChunks(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> values = texts(random, false);
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            file.append(values.get(i));
            boolean last = i == values.size() - 1;
            file.append(
                    last && !values.get(i).isEmpty() && random.nextBoolean()
                            ? ""
                            : random.nextBoolean() ? "\r\n" : "\n");
        }
        check(random, "lines", file.toString(), values, new JsonObject());
    }

    @Seeds(count = 150)
    void csvRowsComeBackWhateverTheChunks(long seed) throws Exception {
        Random random = new Random(seed);
        String newline = random.nextBoolean() ? "\r\n" : "\n";
        int columns = 1 + random.nextInt(4);
        StringBuilder file = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            names.add((random.nextInt(4) == 0 ? "col \"x\"\n" : "c") + i);
        }
        row(random, file, names, newline);
        List<String> expected = new ArrayList<>();
        for (int rows = random.nextInt(20); rows > 0; rows--) {
            List<String> fields = new ArrayList<>();
            JsonObject value = new JsonObject();
            for (int i = 0; i < columns; i++) {
                String field = text(random, true);
                fields.add(field);
                value.put(names.get(i), field);
            }
            row(random, file, fields, rows == 1 && random.nextBoolean() ? "" : newline);
            expected.add(value.encode());
        }
        check(random, "csv", file.toString(), expected, new JsonObject());
    }

    private static void row(Random random, StringBuilder file, List<String> fields, String newline) {
        for (int i = 0; i < fields.size(); i++) {
            String field = fields.get(i);
            boolean must = field.isBlank()
                    || field.startsWith("\"")
                    || field.contains(",")
                    || field.contains("\n")
                    || field.contains("\r");
            file.append(i == 0 ? "" : ",");
            if (must || random.nextBoolean()) {
                file.append('"').append(field.replace("\"", "\"\"")).append('"');
            } else {
                file.append(field);
            }
        }
        file.append(newline);
    }

    @Seeds(count = 150)
    void elementsOfAnArrayComeBackWhateverTheChunks(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder file = new StringBuilder(blanks(random)).append('[');
        List<String> expected = new ArrayList<>();
        int count = random.nextInt(15);
        for (int i = 0; i < count; i++) {
            String element = Json.encode(element(random, 0));
            file.append(i == 0 ? "" : ",")
                    .append(blanks(random))
                    .append(element)
                    .append(blanks(random));
            expected.add(element);
        }
        file.append(blanks(random)).append(']').append(blanks(random));
        check(random, "json-array", file.toString(), expected, new JsonObject());
    }

    @Seeds(count = 50)
    void jsonLinesComeBackWhateverTheChunks(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder file = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
        List<String> expected = new ArrayList<>();
        for (int count = random.nextInt(20); count > 0; count--) {
            String document = Json.encode(element(random, 0));
            file.append(document);
            if (count > 1 || random.nextBoolean()) {
                file.append(random.nextBoolean() ? "\n" : "\r\n").append(random.nextInt(5) == 0 ? " \r\n\n" : "");
            }
            expected.add(document);
        }
        check(random, "ndjson", file.toString(), expected, new JsonObject());
    }

    private static @Nullable Object element(Random random, int depth) {
        return switch (random.nextInt(depth > 2 ? 4 : 6)) {
            case 0 -> random.nextInt(1000) - 500;
            case 1 -> random.nextBoolean();
            case 2 -> null;
            case 3 -> text(random, true);
            case 4 -> {
                JsonArray array = new JsonArray();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(element(random, depth + 1));
                }
                yield array;
            }
            default -> {
                JsonObject object = new JsonObject();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.put(text(random, true), element(random, depth + 1));
                }
                yield object;
            }
        };
    }

    private static String blanks(Random random) {
        return random.nextInt(3) == 0 ? " \n\t\r\n" : "";
    }

    private static List<String> texts(Random random, boolean newlines) {
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(30); i > 0; i--) {
            texts.add(text(random, newlines));
        }
        return texts;
    }

    private static String text(Random random, boolean newlines) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20) == 0 ? 3_000 : random.nextInt(12);
        for (int i = 0; i < length; i++) {
            text.append(newlines && random.nextInt(8) == 0 ? "\r\n" : PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** Reads the file with a chunk of 1 to 8,192 bytes and any credit, whole and from any position that came up. */
    private void check(Random random, String format, String content, List<String> expected, JsonObject more)
            throws Exception {
        Path file = root.resolve("data");
        Files.writeString(file, content, StandardCharsets.UTF_8);
        FileSourceConfig config = config(file, format, random, more);
        List<SourceBatch> batches = new ArrayList<>();
        List<String> values = read(random, config, null, batches);
        assertThat(values).hasSameSizeAs(expected).isEqualTo(expected);

        int before = 0;
        for (SourceBatch batch : batches) {
            before += batch.records().size();
            FilePosition position = FilePosition.of(batch.offset());
            FileSourceConfig again = config(file, format, random, more);
            assertThat(read(random, again, position, new ArrayList<>()))
                    .as("from %s", batch.offset())
                    .isEqualTo(expected.subList(before, expected.size()));
        }
    }

    private FileSourceConfig config(Path file, String format, Random random, JsonObject more) {
        JsonObject config = new JsonObject()
                .put("file", file.toString())
                .put("topic", "t")
                .put("format", format)
                .put("follow", false)
                .put("chunk.bytes", random.nextBoolean() ? 2 + random.nextInt(20) : 2 + random.nextInt(8_192))
                .mergeIn(more);
        return FileSourceConfig.of(TestContext.withDefaults(new FileSourcePlugin(), config));
    }

    private static List<String> read(
            Random random, FileSourceConfig config, @Nullable FilePosition position, List<SourceBatch> batches)
            throws Exception {
        List<String> values = new ArrayList<>();
        Path file = Path.of(String.valueOf(config.file()));
        Rotation rotation = new Rotation(10, path -> false);
        try (FileCursor cursor =
                new FileCursor("data", () -> file, config, new ChunkBuffer(config.chunkBytes()), rotation, position)) {
            while (!cursor.done()) {
                SourceBatch batch = cursor.read(1 + random.nextInt(5), 1 + random.nextInt(2_000));
                if (batch != null) {
                    batches.add(batch);
                    for (SourceRecord record : batch.records()) {
                        values.add(new String((byte[]) record.value(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return values;
    }
}
