package io.thalweg.connectors.file.read;

import io.thalweg.connectors.api.SourceRecord;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The line is the value; its bytes as they are, if they are UTF-8 anyway. */
final class LineFormat implements RecordFormat {

    private final String topic;
    private final Charset charset;

    LineFormat(String topic, Charset charset) {
        this.topic = topic;
        this.charset = charset;
    }

    @Override
    public SourceRecord record(byte[] bytes, int from, int to) {
        return SourceRecord.of(topic, null, utf8(bytes, from, to, charset));
    }

    static byte[] utf8(byte[] bytes, int from, int to, Charset charset) {
        return charset.equals(StandardCharsets.UTF_8)
                ? Arrays.copyOfRange(bytes, from, to)
                : new String(bytes, from, to - from, charset).getBytes(StandardCharsets.UTF_8);
    }
}
