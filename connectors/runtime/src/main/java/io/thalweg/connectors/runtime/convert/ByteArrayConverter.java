package io.thalweg.connectors.runtime.convert;

import org.jspecify.annotations.Nullable;

/** Bytes as they are. */
enum ByteArrayConverter implements Converter {
    INSTANCE;

    @Override
    public byte @Nullable [] toBytes(@Nullable Object value) {
        if (value == null || value instanceof byte[]) {
            return (byte[]) value;
        }
        throw new ConversionException(
                "the bytes converter takes byte[] alone: found="
                        + value.getClass().getName(),
                null);
    }

    @Override
    public @Nullable Object fromBytes(byte @Nullable [] bytes) {
        return bytes;
    }
}
