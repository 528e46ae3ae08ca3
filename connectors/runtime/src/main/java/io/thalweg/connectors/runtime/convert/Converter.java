package io.thalweg.connectors.runtime.convert;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what connectors handle into bytes of the log and back. */
public interface Converter {

    /** Names that configurations may use: Kafka Connect's class name first. */
    Set<String> NAMES = Set.of(
            "org.apache.kafka.connect.json.JsonConverter",
            "org.apache.kafka.connect.storage.StringConverter",
            "org.apache.kafka.connect.converters.ByteArrayConverter",
            "JsonConverter",
            "StringConverter",
            "ByteArrayConverter",
            "json",
            "string",
            "bytes");

    /** @throws ConversionException if this value has no form in these bytes */
    byte @Nullable [] toBytes(@Nullable Object value);

    /** @throws ConversionException if these bytes are not what this converter writes */
    @Nullable
    Object fromBytes(byte @Nullable [] bytes);

    /**
     * @param name one of {@link #NAMES}
     * @param schemasEnabled for JSON: values stand in an envelope with {@code schema} and {@code payload}
     */
    static Converter named(String name, boolean schemasEnabled) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "JsonConverter", "json" -> new JsonConverter(schemasEnabled);
            case "StringConverter", "string" -> StringConverter.INSTANCE;
            case "ByteArrayConverter", "bytes" -> ByteArrayConverter.INSTANCE;
            default ->
                throw new IllegalArgumentException("no such converter: found=" + name + " allowed=json, string, bytes");
        };
    }
}
