package io.thalweg.connectors.process.message;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Builds a line of JSON. Not checked for structure: the encoders of this package are its only users. */
final class JsonLine extends ByteArrayOutputStream {

    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

    JsonLine() {
        super(1 << 10);
    }

    JsonLine raw(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            write(ascii.charAt(i));
        }
        return this;
    }

    JsonLine string(String text) {
        write('"');
        writeBytes(ENCODER.quoteAsUTF8(text));
        write('"');
        return this;
    }

    JsonLine string(byte[] utf8) {
        return string(new String(utf8, StandardCharsets.UTF_8));
    }

    /** JSON text as it is, but on one line: outside of strings, where line ends may be, they are white space. */
    JsonLine json(byte[] text) {
        for (byte b : text) {
            write(b == '\n' || b == '\r' ? ' ' : b);
        }
        return this;
    }

    /** A value as Vert.x has it. */
    JsonLine value(@Nullable Object value) {
        writeBytes(Json.encode(value).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    JsonLine end() {
        write('\n');
        return this;
    }
}
