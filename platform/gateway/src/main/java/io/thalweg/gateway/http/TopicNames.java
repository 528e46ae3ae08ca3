package io.thalweg.gateway.http;

import io.thalweg.log.error.ErrorCode;

/** Names that a topic may have, so that a hostile one is refused at the door. */
final class TopicNames {
    private static final int LENGTH_MAX = 249;

    private TopicNames() {}

    /** The name, or a problem with INVALID_TOPIC_EXCEPTION. */
    static String checked(String name) {
        if (name.isEmpty() || name.length() > LENGTH_MAX || name.equals(".") || name.equals("..") || !plain(name)) {
            throw new HttpProblem(
                    400,
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "topic name found: length=" + name.length()
                            + "; expected: 1 to 249 of a-z A-Z 0-9 . _ - and neither . nor ..");
        }
        return name;
    }

    private static boolean plain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }
}
