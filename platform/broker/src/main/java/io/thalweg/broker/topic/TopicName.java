package io.thalweg.broker.topic;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.Set;

/** What a topic may be called. */
public final class TopicName {

    public static final int LENGTH_MAX = 249;

    /** The partition that holds the platform's own metadata; never visible as a topic. */
    public static final String METADATA = "__metadata";

    /** What is in the connectors' topics is run: whoever could write there could do what a connector may. */
    private static final Set<String> INTERNAL = Set.of(
            "__consumer_offsets", "__transaction_state", "__connect_configs", "__connect_offsets", "__connect_status");

    private TopicName() {}

    /** Whether the platform keeps this topic for itself. */
    public static boolean isInternal(String name) {
        return INTERNAL.contains(name);
    }

    /** Fails with INVALID_TOPIC_EXCEPTION unless the name is one to 249 of [a-zA-Z0-9._-], and neither "." nor "..". */
    public static void validate(String name) {
        if (name.isEmpty() || name.length() > LENGTH_MAX) {
            throw invalid("its length is " + name.length() + ", allowed 1 to " + LENGTH_MAX);
        }
        if (name.equals(".") || name.equals("..")) {
            throw invalid("\"" + name + "\" is not allowed");
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                throw invalid("illegal character at index=" + i + ", allowed are a-z A-Z 0-9 . _ -");
            }
        }
        if (name.equals(METADATA)) {
            throw invalid("\"" + METADATA + "\" is reserved");
        }
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /** The name itself is left out: it may be long and hostile. */
    private static ThalwegException invalid(String why) {
        return new ThalwegException(ErrorCode.INVALID_TOPIC_EXCEPTION, "topic name is invalid: " + why);
    }
}
