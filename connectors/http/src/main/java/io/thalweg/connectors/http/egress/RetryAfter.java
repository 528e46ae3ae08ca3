package io.thalweg.connectors.http.egress;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The header Retry-After: seconds, or a date. */
public final class RetryAfter {

    private RetryAfter() {}

    /** Milliseconds to wait; -1 if the header does not say. */
    public static long millis(@Nullable String header, long nowMillis) {
        if (header == null) {
            return -1;
        }
        String text = header.strip();
        if (text.matches("[0-9]{1,9}")) {
            return Long.parseLong(text) * 1_000;
        }
        try {
            long at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .toEpochMilli();
            return Math.max(0, at - nowMillis);
        } catch (DateTimeException e) {
            return -1;
        }
    }
}
