package io.thalweg.gateway.json;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object, each still the text that it was. Made for requests: every getter fails with
 * INVALID_REQUEST that names the member, what was found and what is expected; a member that is null counts as absent.
 * Immutable.
 */
public final class JsonMembers {
    private static final int MEMBERS_MAX = 10_000;

    private final byte[] json;
    /** Name to {start, end} in {@link #json}. */
    private final Map<String, int[]> members;

    private JsonMembers(byte[] json, Map<String, int[]> members) {
        this.json = json;
        this.members = members;
    }

    /** Reads one object, and nothing around it. The array is not copied. */
    public static JsonMembers of(byte[] json) {
        if (!Utf8.isValid(json, 0, json.length)) {
            throw invalid("JSON must be valid UTF-8");
        }
        JsonScanner scanner = new JsonScanner(json, 0, json.length);
        JsonMembers members = of(json, scanner);
        scanner.expectEnd();
        return members;
    }

    private static JsonMembers of(byte[] json, JsonScanner scanner) {
        Map<String, int[]> members = new LinkedHashMap<>();
        scanner.expect('{');
        if (!scanner.take('}')) {
            do {
                String name = scanner.string();
                scanner.expect(':');
                int start = scanner.skipValue();
                if (members.put(name, new int[] {start, scanner.position()}) != null) {
                    throw invalid("member " + shown(name) + " comes twice");
                }
                if (members.size() > MEMBERS_MAX) {
                    throw invalid("more than " + MEMBERS_MAX + " members");
                }
            } while (scanner.take(','));
            scanner.expect('}');
        }
        return new JsonMembers(json, members);
    }

    /** Fails if there is a member of another name. */
    public JsonMembers allowOnly(String... names) {
        List<String> allowed = Arrays.asList(names);
        for (String name : members.keySet()) {
            if (!allowed.contains(name)) {
                throw invalid("member=" + shown(name) + " is not known; allowed: " + String.join(", ", allowed));
            }
        }
        return this;
    }

    /** The same object without some of its members. */
    public JsonMembers without(String... names) {
        Map<String, int[]> others = new LinkedHashMap<>(members);
        others.keySet().removeAll(Arrays.asList(names));
        return new JsonMembers(json, others);
    }

    /** Whether the member is there and is not null. */
    public boolean has(String name) {
        int[] place = members.get(name);
        return place != null && json[place[0]] != 'n';
    }

    public @Nullable String string(String name) {
        if (!has(name)) {
            return null;
        }
        JsonScanner scanner = scanner(name);
        if (scanner.peek() != '"') {
            throw wrong(name, "a string");
        }
        return scanner.string();
    }

    public String requiredString(String name) {
        String text = string(name);
        if (text == null) {
            throw invalid("member " + name + " is missing");
        }
        return text;
    }

    /** An integer, or {@code absent}. */
    public long integer(String name, long absent) {
        if (!has(name)) {
            return absent;
        }
        JsonScanner scanner = scanner(name);
        byte first = scanner.peek();
        if (first != '-' && (first < '0' || first > '9')) {
            throw wrong(name, "an integer");
        }
        return scanner.integer();
    }

    /** An integer in [min, max], or {@code absent}. */
    public int integer(String name, int absent, int min, int max) {
        long found = integer(name, (long) absent);
        if (has(name) && (found < min || found > max)) {
            throw invalid(name + "=" + found + " found; " + min + " to " + max + " expected");
        }
        return (int) found;
    }

    public boolean isString(String name) {
        return has(name) && scanner(name).peek() == '"';
    }

    public boolean isObject(String name) {
        return has(name) && scanner(name).peek() == '{';
    }

    /** The member's text, or null. */
    public byte @Nullable [] raw(String name) {
        int[] place = members.get(name);
        return place == null ? null : Arrays.copyOfRange(json, place[0], place[1]);
    }

    /** The objects of an array; null if absent. */
    public @Nullable List<JsonMembers> objects(String name) {
        return elements(name, "an array of objects", scanner -> of(json, scanner));
    }

    public @Nullable List<String> strings(String name) {
        return elements(name, "an array of strings", JsonScanner::string);
    }

    public @Nullable List<Long> integers(String name) {
        return elements(name, "an array of integers", JsonScanner::integer);
    }

    /**
     * An object of settings as text: strings as they are, numbers and booleans as they are written, null as null. Empty
     * if absent.
     */
    public Map<String, @Nullable String> settings(String name) {
        Map<String, @Nullable String> settings = new LinkedHashMap<>();
        if (!has(name)) {
            return settings;
        }
        JsonScanner scanner = scanner(name);
        if (scanner.peek() != '{') {
            throw wrong(name, "an object");
        }
        JsonMembers inner = of(json, scanner);
        for (Map.Entry<String, int[]> member : inner.members.entrySet()) {
            settings.put(member.getKey(), inner.scalar(name, member.getKey()));
        }
        return settings;
    }

    private @Nullable String scalar(String parent, String name) {
        int[] place = members.get(name);
        if (place == null || json[place[0]] == 'n') {
            return null;
        }
        byte first = json[place[0]];
        if (first == '{' || first == '[') {
            throw wrong(parent + "." + shown(name), "a string, a number, a boolean or null");
        }
        return first == '"'
                ? scanner(name).string()
                : new String(json, place[0], place[1] - place[0], StandardCharsets.UTF_8);
    }

    private interface Element<T> {
        T read(JsonScanner scanner);
    }

    private <T> @Nullable List<T> elements(String name, String expected, Element<T> element) {
        if (!has(name)) {
            return null;
        }
        JsonScanner scanner = scanner(name);
        if (!scanner.take('[')) {
            throw wrong(name, expected);
        }
        List<T> elements = new ArrayList<>();
        if (!scanner.take(']')) {
            do {
                if (elements.size() == MEMBERS_MAX) {
                    throw invalid(name + " has more than " + MEMBERS_MAX + " elements");
                }
                try {
                    elements.add(element.read(scanner));
                } catch (ThalwegException notExpected) {
                    throw wrong(name, expected + "; " + notExpected.getMessage());
                }
            } while (scanner.take(','));
            scanner.expect(']');
        }
        return elements;
    }

    private JsonScanner scanner(String name) {
        int[] place = members.get(name);
        if (place == null) {
            throw invalid("member " + name + " is missing");
        }
        return new JsonScanner(json, place[0], place[1]);
    }

    private static ThalwegException wrong(String name, String expected) {
        return invalid("member " + name + " must be " + expected);
    }

    private static ThalwegException invalid(String what) {
        return new ThalwegException(ErrorCode.INVALID_REQUEST, what);
    }

    static String shown(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }
}
