package io.thalweg.connectors.runtime.policy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Takes the secrets of one configuration out of what is logged or shown. Filled before it is used, then read by any thread. */
public final class Redaction {

    /** Shorter ones are parts of ordinary words: taking them out would tell them, and make the rest unreadable. */
    private static final int SECRET_CHARS_MIN = 4;

    /** Longest first, since one may be part of another. */
    private final Set<String> secrets =
            new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    /** A secret, and what it looks like in a URL. */
    public void add(String secret) {
        for (String form : List.of(secret, URLEncoder.encode(secret, StandardCharsets.UTF_8))) {
            if (form.length() >= SECRET_CHARS_MIN) {
                secrets.add(form);
            }
        }
    }

    public String apply(String text) {
        String shown = text;
        for (String secret : secrets) {
            shown = shown.replace(secret, "********");
        }
        return shown;
    }
}
