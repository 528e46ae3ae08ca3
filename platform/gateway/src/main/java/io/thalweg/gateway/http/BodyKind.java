package io.thalweg.gateway.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a publish carries, by its Content-Type. */
enum BodyKind {
    /** {@code {"records":[...]}}. */
    JSON,
    /** One record object a line, of any length. */
    NDJSON,
    /** The bytes of one record's value. */
    RAW;

    static BodyKind of(@Nullable String contentType) {
        if (contentType == null) {
            return RAW;
        }
        return switch (mediaType(contentType)) {
            case "application/json" -> JSON;
            case "application/x-ndjson", "application/ndjson" -> NDJSON;
            default -> RAW;
        };
    }

    /** Lower case, without parameters. */
    static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        String type = end < 0 ? contentType : contentType.substring(0, end);
        return type.equals("application/json") ? type : type.trim().toLowerCase(Locale.ROOT);
    }
}
