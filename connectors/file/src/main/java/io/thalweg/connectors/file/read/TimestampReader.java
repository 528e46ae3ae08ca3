package io.thalweg.connectors.file.read;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/**
 * Reads a record's time from a field.
 *
 * @param field the top-level field that holds it
 * @param format {@code epoch-millis}, {@code epoch-seconds}, {@code iso} or a pattern
 * @param pattern what text is read with, if the format is not a number
 * @param zone of times that do not name one
 */
public record TimestampReader(String field, String format, DateTimeFormatter pattern, ZoneId zone) {

    private static final String EPOCH_MILLIS = "epoch-millis";
    private static final String EPOCH_SECONDS = "epoch-seconds";
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("['T'][' ']HH:mm[:ss]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX][XX][X]")
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    static TimestampReader of(String field, String format, String zone) {
        return new TimestampReader(field, format, formatter(format), ZoneId.of(zone));
    }

    static void checkFormat(String format) {
        formatter(format);
    }

    private static DateTimeFormatter formatter(String format) {
        boolean fixed = format.equals("iso") || format.equals(EPOCH_MILLIS) || format.equals(EPOCH_SECONDS);
        return fixed ? ISO : DateTimeFormatter.ofPattern(format, Locale.ROOT);
    }

    /** Milliseconds since 1970. */
    long millis(String text) {
        long millis = switch (format) {
            case EPOCH_MILLIS -> number(text).longValue();
            case EPOCH_SECONDS -> number(text).movePointRight(3).longValue();
            default -> instant(text).toEpochMilli();
        };
        if (millis < 0) {
            throw malformed(text);
        }
        return millis;
    }

    private BigDecimal number(String text) {
        try {
            BigDecimal number = new BigDecimal(text.strip());
            if (number.precision() - number.scale() > 15) {
                throw malformed(text);
            }
            return number;
        } catch (NumberFormatException e) {
            throw malformed(text);
        }
    }

    private Instant instant(String text) {
        try {
            TemporalAccessor parsed =
                    pattern.parseBest(text.strip(), ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
            if (parsed instanceof ZonedDateTime zoned) {
                return zoned.toInstant();
            }
            if (parsed instanceof LocalDateTime local) {
                return local.atZone(zone).toInstant();
            }
            return ((LocalDate) parsed).atStartOfDay(zone).toInstant();
        } catch (DateTimeException e) {
            throw malformed(text);
        }
    }

    private MalformedRecordException malformed(String text) {
        String shown = text.length() > 64 ? text.substring(0, 64) + "..." : text;
        return new MalformedRecordException("timestamp is not of timestamp.format=" + format
                + " or lies before 1970: field=" + field + " found=" + shown);
    }
}
