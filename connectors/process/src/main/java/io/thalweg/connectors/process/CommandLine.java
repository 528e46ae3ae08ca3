package io.thalweg.connectors.process;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;

/** A command line as words. No shell reads it: nothing is expanded. */
final class CommandLine {

    private CommandLine() {}

    /**
     * Splits at spaces; {@code "..."} and {@code '...'} hold words together. Or a JSON array of strings.
     *
     * @throws IllegalArgumentException if a quote is left open
     */
    static List<String> words(String line) {
        return line.strip().startsWith("[") ? array(line) : split(line);
    }

    private static List<String> array(String json) {
        try {
            return new JsonArray(json).stream().map(String.class::cast).toList();
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("key=command begins with [ and is not a JSON array of strings", e);
        }
    }

    private static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("key=command has an open quote: " + quote);
        }
        if (inWord) {
            words.add(word.toString());
        }
        return List.copyOf(words);
    }
}
