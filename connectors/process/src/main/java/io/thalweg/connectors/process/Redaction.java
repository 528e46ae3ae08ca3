package io.thalweg.connectors.process;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Takes the values of a child's secret settings out of what it prints. */
final class Redaction {

    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(pass|secret|token|credential|private|auth|key|cookie|dsn|connection).*");
    private static final int SECRET_CHARS_MIN = 4;

    private final UnaryOperator<String> references;
    private final Set<String> secrets =
            new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    private Redaction(UnaryOperator<String> references) {
        this.references = references;
    }

    /**
     * Settings whose names sound secret, and every variable: configured ones exist to carry secrets.
     *
     * @param references takes out what was referred to, whatever it is called
     */
    static Redaction of(ProcessConfig config, UnaryOperator<String> references) {
        Redaction redaction = new Redaction(references);
        redaction.collect(config.settings(), false);
        redaction.collect(config.environment(), true);
        return redaction;
    }

    private void collect(Object value, boolean secret) {
        if (value instanceof JsonObject object) {
            for (Map.Entry<String, Object> entry : object) {
                if (entry.getValue() != null) {
                    collect(
                            entry.getValue(),
                            secret || SECRET_NAME.matcher(entry.getKey()).matches());
                }
            }
        } else if (value instanceof JsonArray array) {
            array.forEach(element -> collect(element, secret));
        } else if (secret && value instanceof String text && text.length() >= SECRET_CHARS_MIN) {
            secrets.add(text);
        }
    }

    String apply(String text) {
        String shown = references.apply(text);
        for (String secret : secrets) {
            shown = shown.replace(secret, "********");
        }
        return shown;
    }
}
