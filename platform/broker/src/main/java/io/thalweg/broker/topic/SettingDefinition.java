package io.thalweg.broker.topic;

import io.thalweg.broker.api.TopicsApi.ConfigType;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One setting: its name, type, default and what it allows.
 *
 * @param minimum for numbers; {@link Double#NEGATIVE_INFINITY} if there is none
 * @param maximum for numbers; {@link Double#POSITIVE_INFINITY} if there is none
 * @param allowed for strings and lists; empty if anything goes
 */
record SettingDefinition(
        String name,
        ConfigType type,
        String defaultValue,
        double minimum,
        double maximum,
        Set<String> allowed,
        String documentation) {

    static SettingDefinition longOf(String name, long defaultValue, long minimum, String documentation) {
        return number(
                name,
                ConfigType.LONG,
                Long.toString(defaultValue),
                (double) minimum,
                Double.POSITIVE_INFINITY,
                documentation);
    }

    static SettingDefinition intOf(String name, int defaultValue, long minimum, long maximum, String documentation) {
        return number(
                name,
                ConfigType.INT,
                Integer.toString(defaultValue),
                (double) minimum,
                (double) maximum,
                documentation);
    }

    static SettingDefinition ratioOf(String name, double defaultValue, String documentation) {
        return number(name, ConfigType.DOUBLE, Double.toString(defaultValue), 0, 1, documentation);
    }

    static SettingDefinition booleanOf(String name, boolean defaultValue, String documentation) {
        return choice(name, ConfigType.BOOLEAN, Boolean.toString(defaultValue), Set.of("true", "false"), documentation);
    }

    static SettingDefinition stringOf(String name, String defaultValue, Set<String> allowed, String documentation) {
        return choice(name, ConfigType.STRING, defaultValue, allowed, documentation);
    }

    static SettingDefinition listOf(String name, String defaultValue, Set<String> allowed, String documentation) {
        return choice(name, ConfigType.LIST, defaultValue, allowed, documentation);
    }

    private static SettingDefinition number(
            String name, ConfigType type, String defaultValue, double minimum, double maximum, String documentation) {
        return new SettingDefinition(name, type, defaultValue, minimum, maximum, Set.of(), documentation);
    }

    private static SettingDefinition choice(
            String name, ConfigType type, String defaultValue, Set<String> allowed, String documentation) {
        return new SettingDefinition(
                name, type, defaultValue, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, allowed, documentation);
    }

    /** The value in its normal form (trimmed, booleans in lower case, lists without blanks); fails with INVALID_CONFIG. */
    String normalize(String value) {
        String trimmed = value.trim();
        return switch (type) {
            case BOOLEAN -> oneOf(trimmed.toLowerCase(java.util.Locale.ROOT));
            case STRING -> oneOf(trimmed);
            case LIST -> list(trimmed);
            case INT, LONG -> whole(trimmed);
            case DOUBLE -> fraction(trimmed);
        };
    }

    static List<String> split(String list) {
        List<String> items = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            if (!item.isBlank()) {
                items.add(item.trim());
            }
        }
        return items;
    }

    private String oneOf(String value) {
        if (!allowed.isEmpty() && !allowed.contains(value)) {
            throw invalid(value);
        }
        return value;
    }

    private String list(String value) {
        List<String> items = split(value);
        for (String item : items) {
            oneOf(item);
        }
        return String.join(",", new java.util.LinkedHashSet<>(items));
    }

    private String whole(String value) {
        try {
            long parsed = type == ConfigType.INT ? Integer.parseInt(value) : Long.parseLong(value);
            if (parsed < minimum || parsed > maximum) {
                throw invalid(value);
            }
            return Long.toString(parsed);
        } catch (NumberFormatException notANumber) {
            throw invalid(value);
        }
    }

    private String fraction(String value) {
        try {
            double parsed = Double.parseDouble(value);
            // Written so that NaN fails too.
            if (!(parsed >= minimum && parsed <= maximum)) {
                throw invalid(value);
            }
            return Double.toString(parsed);
        } catch (NumberFormatException notANumber) {
            throw invalid(value);
        }
    }

    private ThalwegException invalid(String found) {
        String shown = found.length() > 100 ? found.substring(0, 100) + "..." : found;
        return new ThalwegException(
                ErrorCode.INVALID_CONFIG,
                "Invalid value " + shown + " for configuration " + name + ": allowed is " + range());
    }

    private String range() {
        if (!allowed.isEmpty()) {
            return (type == ConfigType.LIST ? "any of " : "one of ") + new java.util.TreeSet<>(allowed);
        }
        StringBuilder range = new StringBuilder(type == ConfigType.DOUBLE ? "a number" : "a whole number");
        if (minimum > Double.NEGATIVE_INFINITY) {
            range.append(" of at least ").append(plain(minimum));
        }
        if (maximum < Double.POSITIVE_INFINITY) {
            range.append(" and at most ").append(plain(maximum));
        }
        return range.toString();
    }

    private String plain(double bound) {
        return type == ConfigType.DOUBLE ? Double.toString(bound) : Long.toString((long) bound);
    }
}
