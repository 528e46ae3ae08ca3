package io.thalweg.connectors.runtime.convert;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** JSON text. With schemas, in Kafka Connect's envelope; the schema in it is always null when written, as for its schemaless data. */
record JsonConverter(boolean schemasEnabled) implements Converter {

    @Override
    public byte @Nullable [] toBytes(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value == null) {
            return null;
        }
        try {
            Object written = schemasEnabled ? new JsonObject().putNull("schema").put("payload", value) : value;
            return Json.encodeToBuffer(written).getBytes();
        } catch (EncodeException failure) {
            throw new ConversionException(
                    "no JSON for a value of type " + value.getClass().getName(), failure);
        }
    }

    @Override
    public @Nullable Object fromBytes(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        Object decoded;
        try {
            decoded = Json.decodeValue(Buffer.buffer(bytes));
        } catch (DecodeException failure) {
            // Its message quotes the record.
            throw new ConversionException("not JSON: bytes=" + bytes.length, null);
        }
        if (!schemasEnabled) {
            return decoded;
        }
        if (decoded instanceof JsonObject envelope
                && envelope.containsKey("payload")
                && envelope.containsKey("schema")) {
            return envelope.getValue("payload");
        }
        throw new ConversionException(
                "not an envelope of schema and payload: bytes=" + bytes.length
                        + "; set schemas.enable=false for plain JSON",
                null);
    }
}
