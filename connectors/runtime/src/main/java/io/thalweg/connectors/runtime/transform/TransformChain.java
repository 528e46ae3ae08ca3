package io.thalweg.connectors.runtime.transform;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A connector's transforms, in their order, each for the records that its predicate says. */
public final class TransformChain {

    private static final String TRANSFORMS = "transforms";
    private static final String PREDICATES = "predicates";
    private static final String TRANSFORM_PACKAGE = "org.apache.kafka.connect.transforms.";
    private static final String PREDICATE_PACKAGE = TRANSFORM_PACKAGE + "predicates.";

    private record Step(Predicate<TransformRecord> predicate, Transform transform) {}

    private final List<Step> steps = new ArrayList<>();

    private TransformChain() {}

    public static TransformChain none() {
        return new TransformChain();
    }

    /** Whether a key of a configuration is for the chain. */
    public static boolean isKey(String key) {
        return key.equals(TRANSFORMS)
                || key.equals(PREDICATES)
                || key.startsWith(TRANSFORMS + ".")
                || key.startsWith(PREDICATES + ".");
    }

    /**
     * @param config of a connector; keys that are not for the chain are passed over
     * @throws IllegalArgumentException says which key is wrong
     */
    public static TransformChain of(Map<String, String> config) {
        Map<String, Predicate<TransformRecord>> predicates = new HashMap<>();
        for (String alias : aliases(PREDICATES, config)) {
            Options options = new Options(PREDICATES + "." + alias + ".", config);
            predicates.put(alias, predicate(options));
            options.checkUnknown();
        }
        TransformChain chain = new TransformChain();
        for (String alias : aliases(TRANSFORMS, config)) {
            Options options = new Options(TRANSFORMS + "." + alias + ".", config);
            chain.steps.add(new Step(when(options, predicates), transform(options)));
            options.checkUnknown();
        }
        return chain;
    }

    private static List<String> aliases(String list, Map<String, String> config) {
        List<String> aliases = new Options("", config).list(list);
        Set<String> distinct = new HashSet<>(aliases);
        if (distinct.size() < aliases.size()) {
            throw new IllegalArgumentException(list + ": found=" + config.get(list) + " allowed=each name once");
        }
        for (String key : config.keySet()) {
            if (key.startsWith(list + ".") && aliases.stream().noneMatch(a -> key.startsWith(list + "." + a + "."))) {
                throw new IllegalArgumentException(key + ": its name is not among " + list + "=" + aliases);
            }
        }
        return aliases;
    }

    private static Predicate<TransformRecord> when(
            Options options, Map<String, Predicate<TransformRecord>> predicates) {
        String alias = options.textOrNull("predicate");
        boolean negated = options.flag("negate");
        if (alias == null) {
            if (negated) {
                throw options.wrong("negate", "true with a predicate alone");
            }
            return record -> true;
        }
        Predicate<TransformRecord> predicate = predicates.get(alias);
        if (predicate == null) {
            throw options.wrong("predicate", "one of " + predicates.keySet());
        }
        return negated ? predicate.negate() : predicate;
    }

    private static Predicate<TransformRecord> predicate(Options options) {
        String type = options.required("type");
        return switch (withoutPackage(type, PREDICATE_PACKAGE)) {
            case "TopicNameMatches" -> {
                Pattern pattern = options.regex("pattern");
                yield record -> pattern.matcher(record.topic()).matches();
            }
            case "RecordIsTombstone" -> record -> record.value() == null;
            case "HasHeaderKey" -> {
                String name = options.required("name");
                yield record ->
                        record.headers().stream().anyMatch(header -> header.key().equals(name));
            }
            default -> throw options.wrong("type", "TopicNameMatches, RecordIsTombstone or HasHeaderKey");
        };
    }

    private static Transform transform(Options options) {
        String type = options.required("type");
        return switch (withoutPackage(type, TRANSFORM_PACKAGE)) {
            case "InsertField$Key" -> new InsertField(Part.KEY, options);
            case "InsertField$Value" -> new InsertField(Part.VALUE, options);
            case "ReplaceField$Key" -> new ReplaceField(Part.KEY, options);
            case "ReplaceField$Value" -> new ReplaceField(Part.VALUE, options);
            case "ExtractField$Key" -> FieldTransforms.extractField(Part.KEY, options);
            case "ExtractField$Value" -> FieldTransforms.extractField(Part.VALUE, options);
            case "ValueToKey" -> FieldTransforms.valueToKey(options);
            case "TimestampRouter" -> Routers.byTimestamp(options);
            case "RegexRouter" -> Routers.byRegex(options);
            case "Filter" -> record -> null;
            default ->
                throw options.wrong(
                        "type",
                        "InsertField, ReplaceField or ExtractField with $Key or $Value behind it, ValueToKey,"
                                + " TimestampRouter, RegexRouter, Filter");
        };
    }

    private static String withoutPackage(String type, String name) {
        return type.startsWith(name) ? type.substring(name.length()) : type;
    }

    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /**
     * The record as it goes on; null if it is left out.
     *
     * @throws io.thalweg.connectors.runtime.convert.ConversionException if it does not fit
     */
    public @Nullable TransformRecord apply(TransformRecord record) {
        TransformRecord changed = record;
        for (Step step : steps) {
            if (step.predicate.test(changed)) {
                TransformRecord next = step.transform.apply(changed);
                if (next == null) {
                    return null;
                }
                changed = next;
            }
        }
        return changed;
    }
}
