package io.thalweg.connectors.runtime.convert;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** UTF-8. Objects and arrays become JSON text; bytes that are no UTF-8 read as replacement characters, as in Kafka Connect. */
enum StringConverter implements Converter {
    INSTANCE;

    @Override
    public byte @Nullable [] toBytes(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        String text = value instanceof JsonObject || value instanceof JsonArray ? Json.encode(value) : value.toString();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable Object fromBytes(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
