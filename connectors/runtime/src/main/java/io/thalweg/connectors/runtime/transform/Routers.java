package io.thalweg.connectors.runtime.transform;

import io.thalweg.connectors.runtime.convert.ConversionException;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Transforms that choose another topic. */
final class Routers {

    private Routers() {}

    /** A topic whose whole name matches gets the name that the replacement makes of it. */
    static Transform byRegex(Options options) {
        Pattern regex = options.regex("regex");
        String replacement = options.required("replacement");
        return record -> {
            Matcher matcher = regex.matcher(record.topic());
            if (!matcher.matches()) {
                return record;
            }
            try {
                return record.withTopic(matcher.replaceFirst(replacement));
            } catch (RuntimeException noSuchGroup) {
                throw new ConversionException("RegexRouter: the replacement does not fit the regex", noSuchGroup);
            }
        };
    }

    /** The topic's name and the record's time, in UTC, become a topic's name. */
    @SuppressWarnings("JavaUtilDate") // the pattern's letters are this class's
    static Transform byTimestamp(Options options) {
        String topicFormat = options.text("topic.format", "${topic}-${timestamp}");
        String pattern = options.text("timestamp.format", "yyyyMMdd");
        SimpleDateFormat timeFormat;
        try {
            timeFormat = new SimpleDateFormat(pattern, Locale.ROOT);
        } catch (IllegalArgumentException malformed) {
            throw options.wrong("timestamp.format", "a pattern of java.text.SimpleDateFormat");
        }
        timeFormat.setTimeZone(TimeZone.getTimeZone("UTC"));
        return record -> {
            if (record.timestampMillis() < 0) {
                throw new ConversionException("TimestampRouter: the record has no timestamp", null);
            }
            String time = timeFormat.format(new Date(record.timestampMillis()));
            return record.withTopic(
                    topicFormat.replace("${topic}", record.topic()).replace("${timestamp}", time));
        };
    }
}
