package io.thalweg.connectors.http.send;

import io.thalweg.connectors.api.SinkRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A URL with placeholders in its path and query. What fills them is percent-encoded but for letters, digits and {@code -_~},
 * so it can neither end a path segment nor begin a parameter; nor lead elsewhere: a segment of dots alone is refused.
 */
public final class UrlTemplate {

    private static final Set<String> OF_BATCHES = Set.of("topic", "partition");
    private static final Set<String> OF_RECORDS = Set.of("topic", "partition", "offset", "key", "timestamp");
    private static final String HEX = "0123456789ABCDEF";

    /** Text and names in turn, text first and last. */
    private final List<String> parts;

    private UrlTemplate(List<String> parts) {
        this.parts = parts;
    }

    /**
     * @param batch requests carry several records, so the URL cannot depend on one
     * @throws IllegalArgumentException says which placeholder is wrong, or misplaced
     */
    public static UrlTemplate parse(String url, boolean batch) {
        int scheme = url.indexOf("://");
        int path = scheme < 0 ? -1 : url.indexOf('/', scheme + 3);
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int open = url.indexOf("${"); open >= 0; open = url.indexOf("${", from)) {
            int close = url.indexOf('}', open);
            String name = close < 0 ? url.substring(open) : url.substring(open + 2, close);
            Set<String> allowed = batch ? OF_BATCHES : OF_RECORDS;
            if (!allowed.contains(name)) {
                throw new IllegalArgumentException("placeholder " + name + ": allowed are " + allowed
                        + (batch ? " as a request carries several records" : ""));
            }
            if (path < 0 || open < path) {
                throw new IllegalArgumentException("placeholder " + name + ": allowed in path and query alone");
            }
            parts.add(url.substring(from, open));
            parts.add(name);
            from = close + 1;
        }
        parts.add(url.substring(from));
        return new UrlTemplate(List.copyOf(parts));
    }

    /** With something harmless in place of each placeholder. */
    public String sample() {
        StringBuilder url = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            url.append(i % 2 == 0 ? parts.get(i) : "0");
        }
        return url.toString();
    }

    /** @throws UnsendableRecordException if the record has no key and the URL needs one, or a segment would be of dots */
    String url(SinkRecord record) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        StringBuilder url = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            url.append(i % 2 == 0 ? parts.get(i) : encoded(parts.get(i), record));
        }
        return url.toString();
    }

    private static String encoded(String name, SinkRecord record) {
        return switch (name) {
            case "topic" -> encode(record.topicPartition().topic());
            case "partition" -> String.valueOf(record.topicPartition().partition());
            case "offset" -> String.valueOf(record.offset());
            case "timestamp" -> String.valueOf(record.timestampMillis());
            default -> encode(key(record.key()));
        };
    }

    private static String key(@Nullable Object key) {
        if (key == null) {
            throw new UnsendableRecordException("record has no key, which the URL needs");
        }
        return key instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : key.toString();
    }

    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
            if (plain || b == '-' || b == '_' || b == '~' || b == '.') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
            }
        }
        if (encoded.toString().matches("\\.*")) {
            throw new UnsendableRecordException("what fills a placeholder of the URL is empty, or dots alone");
        }
        return encoded.toString();
    }
}
