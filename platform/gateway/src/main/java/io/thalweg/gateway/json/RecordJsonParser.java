package io.thalweg.gateway.json;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads records to be published out of JSON. Strict: an unknown member, a wrong type or a missing {@code value} is
 * refused with its place, since what is misread is stored for good. {@code offset} is accepted and ignored, so that what
 * was read can be published again; {@code topic} must be the right one.
 *
 * <p>All methods fail with INVALID_REQUEST for text that is not JSON and INVALID_RECORD for a record that says something
 * impossible.
 */
public final class RecordJsonParser {
    /** Records in one body. */
    public static final int RECORDS_MAX = 100_000;

    private final String topic;
    private final @Nullable ValueType defaultType;

    /** @param topic of the records */
    public RecordJsonParser(String topic) {
        this(topic, null);
    }

    /**
     * @param defaultType of keys and values that come without one; null for the rule of this package
     */
    public RecordJsonParser(String topic, @Nullable ValueType defaultType) {
        this.topic = topic;
        this.defaultType = defaultType;
    }

    /** {@code {"records":[...]}}, with nothing else. */
    public List<OutgoingRecord> records(byte[] json) {
        checkUtf8(json);
        JsonScanner scanner = new JsonScanner(json, 0, json.length);
        scanner.expect('{');
        String name = scanner.peek() == '}' ? "" : scanner.string();
        if (!name.equals("records")) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "member=" + shown(name) + " found; exactly one member records expected");
        }
        scanner.expect(':');
        List<OutgoingRecord> records = array(json, scanner);
        scanner.expect('}');
        scanner.expectEnd();
        return records;
    }

    /** An array of records, and nothing around it. */
    public List<OutgoingRecord> array(byte[] json) {
        checkUtf8(json);
        JsonScanner scanner = new JsonScanner(json, 0, json.length);
        List<OutgoingRecord> records = array(json, scanner);
        scanner.expectEnd();
        return records;
    }

    /** One record object, and nothing around it. */
    public OutgoingRecord record(byte[] json) {
        checkUtf8(json);
        JsonScanner scanner = new JsonScanner(json, 0, json.length);
        OutgoingRecord record = record(json, scanner);
        scanner.expectEnd();
        return record;
    }

    private static void checkUtf8(byte[] json) {
        if (!Utf8.isValid(json, 0, json.length)) {
            throw new ThalwegException(ErrorCode.INVALID_REQUEST, "JSON must be valid UTF-8");
        }
    }

    private List<OutgoingRecord> array(byte[] json, JsonScanner scanner) {
        List<OutgoingRecord> records = new ArrayList<>();
        scanner.expect('[');
        if (scanner.take(']')) {
            return records;
        }
        do {
            if (records.size() == RECORDS_MAX) {
                throw new ThalwegException(
                        ErrorCode.RECORD_LIST_TOO_LARGE,
                        "more than " + RECORDS_MAX + " records in one body; send them as application/x-ndjson");
            }
            try {
                records.add(record(json, scanner));
            } catch (ThalwegException failure) {
                throw new ThalwegException(
                        failure.error(), "record=" + records.size() + ": " + failure.getMessage(), failure);
            }
        } while (scanner.take(','));
        scanner.expect(']');
        return records;
    }

    private OutgoingRecord record(byte[] json, JsonScanner scanner) {
        Field key = new Field("key");
        Field value = new Field("value");
        int partition = -1;
        long timestampMillis = -1;
        List<RecordHeader> headers = List.of();
        scanner.expect('{');
        if (!scanner.take('}')) {
            do {
                String name = scanner.string();
                scanner.expect(':');
                switch (name) {
                    case "key" -> key.scan(scanner);
                    case "keyType" -> key.type = type(scanner);
                    case "value" -> value.scan(scanner);
                    case "valueType" -> value.type = type(scanner);
                    case "partition" -> partition = partition(scanner);
                    case "timestamp" -> timestampMillis = timestamp(scanner);
                    case "headers" -> headers = headers(json, scanner);
                    case "offset" -> scanner.skipValue();
                    case "topic" -> checkTopic(scanner);
                    default ->
                        throw invalid(
                                "member=" + shown(name)
                                        + " is not known; allowed: key, keyType, value, valueType, partition, timestamp, headers");
                }
            } while (scanner.take(','));
            scanner.expect('}');
        }
        if (value.start < 0) {
            throw invalid("member value is missing; give null for a tombstone");
        }
        return new OutgoingRecord(
                topic,
                partition,
                key.bytes(json, defaultType),
                value.bytes(json, defaultType),
                headers,
                timestampMillis);
    }

    private void checkTopic(JsonScanner scanner) {
        String named = scanner.string();
        if (!named.equals(topic)) {
            throw invalid("topic=" + shown(named) + " found, " + topic + " expected");
        }
    }

    private static @Nullable ValueType type(JsonScanner scanner) {
        if (scanner.peek() == 'n') {
            scanner.skipValue();
            return null;
        }
        String word = scanner.string();
        ValueType type = ValueType.ofWord(word);
        if (type == null) {
            throw invalid("type=" + shown(word) + " found; allowed: json, string, base64, null");
        }
        return type;
    }

    private static int partition(JsonScanner scanner) {
        if (scanner.peek() == 'n') {
            scanner.skipValue();
            return -1;
        }
        long partition = scanner.integer();
        if (partition < 0 || partition > Integer.MAX_VALUE) {
            throw invalid("partition=" + partition + " found; 0 or more expected");
        }
        return (int) partition;
    }

    /** Milliseconds since 1970, or an ISO 8601 instant. */
    private static long timestamp(JsonScanner scanner) {
        byte first = scanner.peek();
        if (first == 'n') {
            scanner.skipValue();
            return -1;
        }
        if (first == '"') {
            String text = scanner.string();
            try {
                return Instant.parse(text).toEpochMilli();
            } catch (DateTimeException | ArithmeticException notAnInstant) {
                throw invalid("timestamp=" + shown(text) + " found; an ISO instant or milliseconds expected");
            }
        }
        long millis = scanner.integer();
        if (millis < 0) {
            throw invalid("timestamp=" + millis + " found; 0 or more expected");
        }
        return millis;
    }

    /** {@code {"name": value, ...}}, or {@code [{"key","value","valueType"}, ...]} where a name comes twice. */
    private static List<RecordHeader> headers(byte[] json, JsonScanner scanner) {
        List<RecordHeader> headers = new ArrayList<>();
        if (scanner.peek() == 'n') {
            scanner.skipValue();
            return headers;
        }
        if (scanner.take('{')) {
            if (!scanner.take('}')) {
                do {
                    Field value = new Field("headers");
                    String name = scanner.string();
                    scanner.expect(':');
                    value.scan(scanner);
                    headers.add(new RecordHeader(name, value.bytes(json, null)));
                } while (scanner.take(','));
                scanner.expect('}');
            }
            return headers;
        }
        scanner.expect('[');
        if (!scanner.take(']')) {
            do {
                headers.add(header(json, scanner));
            } while (scanner.take(','));
            scanner.expect(']');
        }
        return headers;
    }

    private static RecordHeader header(byte[] json, JsonScanner scanner) {
        String key = null;
        Field value = new Field("headers.value");
        scanner.expect('{');
        do {
            String name = scanner.string();
            scanner.expect(':');
            switch (name) {
                case "key" -> key = scanner.string();
                case "value" -> value.scan(scanner);
                case "valueType" -> value.type = type(scanner);
                default ->
                    throw invalid("header member=" + shown(name) + " is not known; allowed: key, value, valueType");
            }
        } while (scanner.take(','));
        scanner.expect('}');
        if (key == null || value.start < 0) {
            throw invalid("a header needs key and value");
        }
        return new RecordHeader(key, value.bytes(json, null));
    }

    private static ThalwegException invalid(String what) {
        return new ThalwegException(ErrorCode.INVALID_RECORD, what);
    }

    /** What a client sent, short enough for a message. */
    private static String shown(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }

    /** A member whose type may come before or after it. */
    private static final class Field {
        private final String name;
        private @Nullable ValueType type;
        private int start = -1;
        private int end;

        Field(String name) {
            this.name = name;
        }

        void scan(JsonScanner scanner) {
            if (start >= 0) {
                throw invalid("member " + name + " comes twice");
            }
            start = scanner.skipValue();
            end = scanner.position();
        }

        byte @Nullable [] bytes(byte[] json, @Nullable ValueType defaultType) {
            boolean absent = start < 0 || json[start] == 'n';
            if (absent) {
                if (type != null && type != ValueType.NULL) {
                    throw invalid(
                            name + " is null, but its type is " + type.word() + "; leave the type out or say null");
                }
                return null;
            }
            ValueType wanted = type == null ? defaultType : type;
            boolean string = json[start] == '"';
            if (wanted == ValueType.JSON || (wanted == null && !string)) {
                return Arrays.copyOfRange(json, start, end);
            }
            if (wanted == ValueType.NULL) {
                throw invalid(name + " has type null, but a value");
            }
            if (!string) {
                throw invalid(name + " must be a JSON string for its type");
            }
            byte[] text = new JsonScanner(json, start, end).stringBytes();
            return wanted == ValueType.BASE64 ? decoded(text) : text;
        }

        private byte[] decoded(byte[] text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException notBase64) {
                throw invalid(name + " is not base64 (RFC 4648, section 4)");
            }
        }
    }
}
