package io.thalweg.connectors.runtime.transform;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** What a configuration says of one transform or predicate. Each option is to be asked for, so that unknown ones are found. */
final class Options {

    private final String prefix;
    private final Map<String, String> texts = new HashMap<>();
    private final Set<String> asked = new TreeSet<>();

    /** @param prefix of its keys, with the dot */
    Options(String prefix, Map<String, String> config) {
        this.prefix = prefix;
        config.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                texts.put(key.substring(prefix.length()), value);
            }
        });
    }

    String required(String name) {
        String text = text(name, "");
        if (text.isEmpty()) {
            throw wrong(name, "it has no default");
        }
        return text;
    }

    String text(String name, String byDefault) {
        asked.add(name);
        return texts.getOrDefault(name, byDefault);
    }

    @Nullable
    String textOrNull(String name) {
        String text = text(name, "");
        return text.isEmpty() ? null : text;
    }

    boolean flag(String name) {
        return switch (text(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, "true or false");
        };
    }

    /** Words between commas. */
    List<String> list(String name) {
        List<String> words = new ArrayList<>();
        for (String word : text(name, "").split(",", -1)) {
            if (!word.isBlank()) {
                words.add(word.strip());
            }
        }
        return words;
    }

    Pattern regex(String name) {
        String text = required(name);
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException malformed) {
            throw wrong(name, "a Java regular expression");
        }
    }

    IllegalArgumentException wrong(String name, String allowed) {
        return new IllegalArgumentException(prefix + name + ": found=" + texts.get(name) + " allowed=" + allowed);
    }

    void checkUnknown() {
        for (String name : new TreeSet<>(texts.keySet())) {
            if (!asked.contains(name)) {
                throw new IllegalArgumentException(
                        prefix + name + ": no such key; there are " + String.join(", ", asked));
            }
        }
    }
}
