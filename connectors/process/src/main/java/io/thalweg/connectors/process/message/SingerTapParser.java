package io.thalweg.connectors.process.message;

import com.fasterxml.jackson.core.JsonToken;
import io.thalweg.connectors.api.SourceRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a Singer tap writes: SCHEMA, RECORD, STATE. */
public final class SingerTapParser implements ChildParser {

    private static final int STREAMS_MAX = 10_000;

    private final @Nullable String topic;
    private final String topicPrefix;
    /** By stream: the names of its key's properties, from SCHEMA. */
    private final Map<String, List<String>> keyProperties = new HashMap<>();

    /**
     * @param topic of all records; null for one for each stream
     * @param topicPrefix put before the stream's name
     */
    public SingerTapParser(@Nullable String topic, String topicPrefix) {
        this.topic = topic;
        this.topicPrefix = topicPrefix;
    }

    @Override
    public ChildMessage parse(byte[] buffer, int from, int to) throws MessageException {
        String type = "";
        String stream = "";
        byte[] record = null;
        Object state = null;
        List<String> keys = List.of();
        try (LineJson json = new LineJson(buffer, from, to)) {
            String name;
            while ((name = json.nextMember()) != null) {
                switch (name) {
                    case "type" -> type = json.text();
                    case "stream" -> stream = json.text();
                    case "record" -> record = json.jsonText();
                    case "value" -> state = json.value();
                    case "key_properties" -> keys = strings(json);
                    default -> json.skip();
                }
            }
            json.expectEnd();
            return message(type, stream, record, state, keys);
        } catch (IOException | RuntimeException e) {
            throw MessageException.notAMessage(to - from);
        }
    }

    private ChildMessage message(
            String type, String stream, byte @Nullable [] record, @Nullable Object state, List<String> keys)
            throws IOException, MessageException {
        switch (type) {
            case "RECORD" -> {
                if (record == null) {
                    throw new MessageException("a Singer RECORD has no record");
                }
                byte[] key = key(stream, record);
                SourceRecord published = SourceRecord.of(topicOf(stream), key, record);
                int bytes = record.length + (key == null ? 0 : key.length);
                return new ChildMessage.Records(List.of(published), bytes, null);
            }
            case "STATE" -> {
                return new ChildMessage.Records(List.of(), 0, state);
            }
            case "SCHEMA" -> {
                if (keyProperties.size() < STREAMS_MAX) {
                    keyProperties.put(stream, keys);
                }
                return ChildMessage.Ignored.INSTANCE;
            }
            case "BATCH" ->
                throw new MessageException(
                        "Singer BATCH messages are not supported; turn batches off in the tap's settings");
            default -> {
                return ChildMessage.Ignored.INSTANCE;
            }
        }
    }

    private String topicOf(String stream) throws MessageException {
        if (topic != null) {
            return topic;
        }
        if (stream.isEmpty()) {
            throw new MessageException("a Singer RECORD has no stream");
        }
        return topicPrefix + stream.replaceAll("[^a-zA-Z0-9._-]", "_");
    }

    /** The key property's value; of several, an object of them; null without any. */
    private byte @Nullable [] key(String stream, byte[] record) throws IOException, MessageException {
        List<String> names = keyProperties.getOrDefault(stream, List.of());
        if (names.isEmpty()) {
            return null;
        }
        Map<String, byte[]> texts = new HashMap<>();
        RecordField only = new RecordField();
        try (LineJson json = new LineJson(record, 0, record.length)) {
            String name;
            while ((name = json.nextMember()) != null) {
                if (!names.contains(name)) {
                    json.skip();
                } else if (names.size() == 1) {
                    only.read(json);
                } else {
                    texts.put(name, json.jsonText());
                }
            }
        }
        if (names.size() == 1) {
            return only.bytes();
        }
        JsonLine key = new JsonLine().raw("{");
        String separator = "";
        for (String name : names) {
            key.raw(separator).string(name).raw(":");
            byte[] text = texts.get(name);
            if (text == null) {
                key.raw("null");
            } else {
                key.json(text);
            }
            separator = ",";
        }
        return key.raw("}").toByteArray();
    }

    private static List<String> strings(LineJson json) throws IOException {
        if (json.token() != JsonToken.START_ARRAY) {
            json.skip();
            return List.of();
        }
        List<String> strings = new ArrayList<>();
        while (json.nextElement()) {
            strings.add(json.text());
        }
        return List.copyOf(strings);
    }
}
