package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.SinkRecord;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;

/** The value's bytes as they are. A tombstone is an empty line. */
final class LineEncoder implements RecordEncoder {

    @Override
    public void encode(SinkRecord record, OutputBuffer out) {
        Object value = record.value();
        if (value != null) {
            byte[] bytes = value instanceof byte[] raw
                    ? raw
                    : (value instanceof String text ? text : Json.encode(value)).getBytes(StandardCharsets.UTF_8);
            for (byte b : bytes) {
                if (b == '\n' || b == '\r') {
                    throw new UnwritableRecordException("value has a newline, which format=lines has no place for");
                }
            }
            out.write(bytes);
        }
        out.write('\n');
    }
}
