package io.thalweg.streams.golden;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Serde;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamRecord;
import io.thalweg.streams.driver.TopologyDriver;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A golden file: its inputs, its outputs by input and topic, its store; and the same of a run of ours. */
record GoldenRun(JsonObject meta, List<JsonObject> inputs, Map<String, List<String>> outputs, List<String> storeRows) {

    static final String ERROR_HEADERS = "__streams.errors.";

    static GoldenRun read(Path file) {
        JsonObject meta = new JsonObject();
        List<JsonObject> inputs = new ArrayList<>();
        Map<String, List<String>> outputs = new TreeMap<>();
        List<String> storeRows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                JsonObject line = new JsonObject(text);
                switch (line.getString("t")) {
                    case "meta" -> meta = line;
                    case "out" ->
                        outputs.computeIfAbsent(group(line), absent -> new ArrayList<>())
                                .add(canonical(
                                        line.getString("key"),
                                        line.getValue("value"),
                                        line.getLong("ts"),
                                        line.getJsonObject("headers", new JsonObject())));
                    case "store" -> {
                        line.remove("t");
                        storeRows.add(sorted(line).encode());
                    }
                    default -> inputs.add(line);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Collections.sort(storeRows);
        return new GoldenRun(meta, inputs, outputs, storeRows);
    }

    /** All outputs in the order of their inputs. */
    List<String> rowsInOrder() {
        Map<Long, List<String>> bySeq = new TreeMap<>();
        outputs.forEach((group, rows) -> bySeq.computeIfAbsent(
                        Long.parseLong(group.substring(0, group.indexOf(' '))), absent -> new ArrayList<>())
                .addAll(rows));
        List<String> all = new ArrayList<>();
        bySeq.values().forEach(all::addAll);
        return all;
    }

    /** Feeds the inputs of this file to a topology. */
    GoldenRun repeat(Topology topology, @Nullable Integer restartAt) {
        Map<String, List<String>> ours = new TreeMap<>();
        try (TopologyDriver driver = TopologyDriver.of(topology)) {
            for (JsonObject input : inputs) {
                long seq = input.getLong("seq");
                if (restartAt != null && seq == restartAt) {
                    driver.restart();
                }
                if (input.getString("t").equals("wall")) {
                    driver.advanceWallClock(Duration.ofMillis(input.getLong("advanceMs")));
                } else {
                    pipe(driver, input);
                }
                collect(driver, seq, ours);
            }
            return new GoldenRun(meta, inputs, ours, storeRows(driver));
        }
    }

    private void pipe(TopologyDriver driver, JsonObject input) {
        String topic = input.getString("topic");
        Serde<Object> serde = serde(meta.getJsonObject("in").getString(topic));
        Object value = input.getValue("value");
        String key = input.getString("key");
        List<RecordHeader> headers = new ArrayList<>();
        input.getJsonObject("headers", new JsonObject())
                .forEach(header -> headers.add(new RecordHeader(
                        header.getKey(), header.getValue().toString().getBytes(StandardCharsets.UTF_8))));
        driver.pipe(
                topic,
                key == null ? null : Serdes.string().serialize(key),
                value == null ? null : serde.serialize(value instanceof Number number ? number.longValue() : value),
                input.getLong("ts"),
                headers);
    }

    private void collect(TopologyDriver driver, long seq, Map<String, List<String>> ours) {
        for (String topic : meta.getJsonObject("out").fieldNames()) {
            Serde<Object> serde = serde(meta.getJsonObject("out").getString(topic));
            for (StreamRecord<String, Object> record :
                    driver.output(topic, Serdes.string(), serde).readAll()) {
                JsonObject headers = new JsonObject();
                for (RecordHeader header : record.headers()) {
                    headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
                }
                ours.computeIfAbsent(seq + " " + topic, absent -> new ArrayList<>())
                        .add(canonical(record.key(), record.value(), record.timestampMillis(), headers));
            }
        }
    }

    private List<String> storeRows(TopologyDriver driver) {
        List<String> rows = new ArrayList<>();
        if (!storeRows.isEmpty()) {
            String store = new JsonObject(storeRows.get(0)).getString("store");
            for (JsonObject row : driver.rows(store)) {
                JsonObject shown = row.put("store", store);
                Object timestamp = shown.remove("timestamp");
                if (timestamp != null && timestamps()) {
                    shown.put("ts", timestamp);
                }
                rows.add(sorted(shown).encode());
            }
        }
        Collections.sort(rows);
        return rows;
    }

    /** Stores of processors are plain ones in the golden files. */
    private boolean timestamps() {
        return storeRows.get(0).contains("\"ts\":");
    }

    @SuppressWarnings("unchecked")
    private static Serde<Object> serde(String name) {
        Serde<?> serde = switch (name) {
            case "long" -> Serdes.int64();
            case "json" -> Serdes.json();
            default -> Serdes.string();
        };
        return (Serde<Object>) serde;
    }

    private static String group(JsonObject line) {
        return line.getLong("seq") + " " + line.getString("topic");
    }

    private static String canonical(@Nullable String key, @Nullable Object value, long timestamp, JsonObject headers) {
        JsonObject kept = new JsonObject();
        headers.forEach(header -> {
            if (!header.getKey().startsWith(ERROR_HEADERS) && !header.getKey().startsWith("thalweg.streams.errors.")) {
                kept.put(header.getKey(), header.getValue());
            }
        });
        Object shown = value instanceof JsonObject json ? sorted(json).encode() : value;
        return key + " | " + shown + " | " + timestamp + " | " + sorted(kept).encode();
    }

    private static JsonObject sorted(JsonObject json) {
        JsonObject sorted = new JsonObject();
        for (String name : new TreeSet<>(json.fieldNames())) {
            Object value = json.getValue(name);
            sorted.put(name, value instanceof JsonObject inner ? sorted(inner) : value);
        }
        return sorted;
    }

    /** What differs, as README.md of the golden files says what counts; empty if nothing does. */
    static List<String> differences(GoldenRun golden, GoldenRun ours) {
        List<String> differences = new ArrayList<>();
        Map<String, List<String>> expected = new TreeMap<>(golden.outputs);
        Map<String, List<String>> found = new TreeMap<>(ours.outputs);
        String name = golden.meta.getString("case");
        if (name.contains("stream-stream") && !name.endsWith("inner")) {
            List<String> unmatchedExpected = takeUnmatched(expected);
            List<String> unmatchedFound = takeUnmatched(found);
            if (!unmatchedExpected.equals(unmatchedFound)) {
                List<String> missing = new ArrayList<>(unmatchedExpected);
                unmatchedFound.forEach(missing::remove);
                List<String> extra = new ArrayList<>(unmatchedFound);
                unmatchedExpected.forEach(extra::remove);
                differences.add("rows without a match: missing " + missing + " extra " + extra);
            }
        }
        boolean exact = golden.meta.getString("order").equals("exact");
        TreeSet<String> groups = new TreeSet<>(expected.keySet());
        groups.addAll(found.keySet());
        for (String group : groups) {
            List<String> one = new ArrayList<>(expected.getOrDefault(group, List.of()));
            List<String> other = new ArrayList<>(found.getOrDefault(group, List.of()));
            if (!exact) {
                Collections.sort(one);
                Collections.sort(other);
            }
            if (!one.equals(other)) {
                differences.add("seq and topic " + group + ": expected " + one + " found " + other);
            }
        }
        if (!golden.storeRows.isEmpty() && !golden.storeRows.equals(ours.storeRows)) {
            differences.add("store: expected " + golden.storeRows + " found " + ours.storeRows);
        }
        return differences;
    }

    private static List<String> takeUnmatched(Map<String, List<String>> outputs) {
        List<String> taken = new ArrayList<>();
        outputs.replaceAll((group, rows) -> {
            List<String> kept = new ArrayList<>();
            for (String row : rows) {
                String value = row.split(" \\| ")[1];
                (value.startsWith("null+") || value.endsWith("+null") ? taken : kept).add(row);
            }
            return kept;
        });
        outputs.values().removeIf(List::isEmpty);
        Collections.sort(taken);
        return taken;
    }
}
