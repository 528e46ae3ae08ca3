package io.thalweg.connectors.process.message;

import com.fasterxml.jackson.core.JsonToken;
import io.thalweg.connectors.api.Header;
import io.thalweg.connectors.api.SourceRecord;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The native protocol, read. One pass over a line whatever the order of its members; members and messages that are not known
 * are skipped.
 */
public final class NativeParser implements ChildParser {

    private static final int MESSAGE_CHARS_MAX = 4_096;

    private final @Nullable String defaultTopic;

    // Of the line that is being read.
    private final RecordField key = new RecordField();
    private final RecordField value = new RecordField();

    /** @param defaultTopic of records that name none; null if they must */
    public NativeParser(@Nullable String defaultTopic) {
        this.defaultTopic = defaultTopic;
    }

    /** What a line's members said, before its type is known. */
    private static final class Members {
        String type = "";

        @Nullable
        String topic;

        int partition = -1;
        long timestampMillis = -1;
        List<Header> headers = List.of();
        byte @Nullable [] key;
        byte @Nullable [] value;
        boolean hasValue;

        @Nullable
        List<SourceRecord> records;

        int recordBytes;

        @Nullable
        Object position;

        String message = "";
        String level = "info";
        boolean retriable;
        boolean replays;
        long id = -1;
        int index = -1;
        List<Integer> versions = List.of();

        @Nullable
        JsonObject configSchema;
    }

    @Override
    public ChildMessage parse(byte[] buffer, int from, int to) throws MessageException {
        Members members = new Members();
        try (LineJson json = new LineJson(buffer, from, to)) {
            key.clear();
            value.clear();
            String name;
            while ((name = json.nextMember()) != null) {
                member(members, name, json);
            }
            json.expectEnd();
            members.key = key.bytes();
            members.value = value.bytes();
        } catch (IOException | RuntimeException e) {
            throw MessageException.notAMessage(to - from);
        }
        return message(members);
    }

    private void member(Members members, String name, LineJson json) throws IOException, MessageException {
        switch (name) {
            case "type" -> members.type = json.text();
            case "records" -> records(members, json);
            case "position" -> members.position = json.value();
            case "message" -> members.message = shortened(json.text());
            case "level" -> members.level = shortened(json.text());
            case "retriable" -> members.retriable = json.flag();
            case "replays" -> members.replays = json.flag();
            case "id" -> members.id = json.integer();
            case "index" -> members.index = (int) json.integer();
            case "protocol" -> members.versions = versions(json);
            case "config" -> members.configSchema = json.value() instanceof JsonObject schema ? schema : null;
            case "value" -> {
                members.hasValue = true;
                value.read(json);
            }
            default -> {
                if (!recordMember(members, name, json)) {
                    json.skip();
                }
            }
        }
    }

    private boolean recordMember(Members record, String name, LineJson json) throws IOException, MessageException {
        switch (name) {
            case "topic" -> record.topic = json.isNull() ? null : json.text();
            case "partition" -> record.partition = json.isNull() ? -1 : (int) json.integer();
            case "timestamp" -> record.timestampMillis = json.isNull() ? -1 : json.integer();
            case "key" -> key.read(json);
            case "keyType" -> key.readType(json);
            case "valueType" -> value.readType(json);
            case "headers" -> record.headers = headers(json);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void records(Members members, LineJson json) throws IOException, MessageException {
        if (json.token() != JsonToken.START_ARRAY) {
            throw new MessageException("records must be an array");
        }
        List<SourceRecord> records = new ArrayList<>();
        while (json.nextElement()) {
            if (json.token() != JsonToken.START_OBJECT) {
                throw new MessageException("each of records must be an object");
            }
            Members record = new Members();
            key.clear();
            value.clear();
            String name;
            while ((name = json.nextMember()) != null) {
                if (name.equals("value")) {
                    record.hasValue = true;
                    value.read(json);
                } else if (!recordMember(record, name, json)) {
                    json.skip();
                }
            }
            record.key = key.bytes();
            record.value = value.bytes();
            members.recordBytes += bytes(record);
            // The message's topic may come behind its records.
            records.add(record(record, record.topic == null ? "" : record.topic));
        }
        key.clear();
        value.clear();
        members.records = records;
    }

    private static SourceRecord record(Members record, String topic) throws MessageException {
        if (!record.hasValue) {
            throw new MessageException("a record has no value; give null for a tombstone");
        }
        if (record.partition < -1) {
            throw new MessageException("a record's partition is negative");
        }
        return new SourceRecord(
                topic, record.partition, record.key, record.value, record.headers, record.timestampMillis);
    }

    private static int bytes(Members record) {
        return (record.key == null ? 0 : record.key.length) + (record.value == null ? 0 : record.value.length);
    }

    private ChildMessage message(Members members) throws MessageException {
        return switch (members.type) {
            case "RECORDS" -> records(members);
            case "RECORD" ->
                new ChildMessage.Records(
                        List.of(record(members, topic(members.topic))), bytes(members), members.position);
            case "STATE" -> new ChildMessage.Records(List.of(), 0, members.position);
            case "ACK" -> new ChildMessage.Ack(members.id);
            case "REFUSE" -> new ChildMessage.Refuse(members.id, members.index, members.message);
            case "HELLO" -> new ChildMessage.Hello(members.versions, members.configSchema, members.replays);
            case "LOG" -> new ChildMessage.Log(members.level, members.message);
            case "ERROR" -> new ChildMessage.GaveUp(members.message, members.retriable);
            case "" -> throw new MessageException("a message has no type");
            default -> ChildMessage.Ignored.INSTANCE;
        };
    }

    private ChildMessage records(Members members) throws MessageException {
        List<SourceRecord> records = members.records;
        if (records == null) {
            throw new MessageException("a RECORDS message has no records");
        }
        for (int i = 0; i < records.size(); i++) {
            SourceRecord record = records.get(i);
            if (record.topic().isEmpty()) {
                records.set(
                        i,
                        new SourceRecord(
                                topic(members.topic),
                                record.partition(),
                                record.key(),
                                record.value(),
                                record.headers(),
                                record.timestampMillis()));
            }
        }
        return new ChildMessage.Records(records, members.recordBytes, members.position);
    }

    private String topic(@Nullable String named) throws MessageException {
        String topic = named == null || named.isEmpty() ? defaultTopic : named;
        if (topic == null) {
            throw new MessageException(
                    "a record names no topic, and the connector's configuration has none (key topic)");
        }
        return topic;
    }

    private static List<Header> headers(LineJson json) throws IOException, MessageException {
        if (json.isNull()) {
            return List.of();
        }
        if (json.token() != JsonToken.START_OBJECT) {
            throw new MessageException("headers must be an object");
        }
        List<Header> headers = new ArrayList<>();
        RecordField field = new RecordField();
        String name;
        while ((name = json.nextMember()) != null) {
            field.clear();
            field.read(json);
            headers.add(new Header(name, field.bytes()));
        }
        return headers;
    }

    /** One number, or an array of them. */
    private static List<Integer> versions(LineJson json) throws IOException {
        List<Integer> versions = new ArrayList<>();
        if (json.token() == JsonToken.START_ARRAY) {
            while (json.nextElement()) {
                versions.add((int) json.integer());
            }
        } else {
            versions.add((int) json.integer());
        }
        return versions;
    }

    private static String shortened(String text) {
        return text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX) + "...";
    }
}
