package io.thalweg.connectors.runtime.plugin;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.ConnectorPlugin.Delivery;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.runtime.plugin.KeyDefinition.WrongValue;
import io.thalweg.connectors.runtime.policy.Redaction;
import io.thalweg.connectors.runtime.policy.SecretReferences;
import io.thalweg.connectors.runtime.transform.TransformChain;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Checks configurations: text to types, bounds, and what the plugin says. Blocks where the plugin's check does. */
public final class ConfigCheck {

    private static final int VALUE_CHARS_MAX = 64 << 10;
    private static final int KEYS_MAX = 1_000;
    private static final int SECRET_WORD_CHARS_MIN = 8;

    private final Plugins plugins;
    private final HostPolicy policy;

    public ConfigCheck(Plugins plugins, HostPolicy policy) {
        this.plugins = plugins;
        this.policy = policy;
    }

    public Plugins plugins() {
        return plugins;
    }

    /** Every problem, not the first. Opens nothing. */
    public CheckedConfig check(ConnectorConfig config) {
        ConnectorPlugin plugin = plugins.find(config.connectorClass());
        if (plugin == null) {
            ConfigProblem unknown = new ConfigProblem(
                    CommonKeys.CLASS,
                    config.connectorClass().isEmpty() ? null : config.connectorClass(),
                    "one of " + String.join(", ", plugins.names()));
            return new CheckedConfig(config, null, List.of(), new JsonObject(), List.of(unknown));
        }
        List<ConfigProblem> problems = new ArrayList<>(DeniedKeys.find(config.texts()));
        List<KeyDefinition> keys = keys(plugin);
        JsonObject typed = typed(config.texts(), keys, problems);
        checkUnknown(plugin, config.texts(), keys, problems);
        checkTransforms(config.texts(), keys, typed, problems);
        checkCommon(plugin, config.texts(), typed, problems);
        if (problems.isEmpty() && config.texts().values().stream().noneMatch(SecretReferences::isReference)) {
            checkByPlugin(plugin, typed, problems);
        }
        return new CheckedConfig(config, plugin, keys, typed, problems);
    }

    /**
     * A task's configuration with its secrets in place, for the plugin alone. Reads files.
     *
     * @throws IllegalArgumentException names the key, never a value
     */
    public ResolvedConfig resolve(ConnectorPlugin plugin, JsonObject typed, SecretReferences secrets) {
        JsonObject resolved = typed.copy();
        Redaction redaction = new Redaction();
        boolean any = false;
        for (KeyDefinition key : keys(plugin)) {
            if (key.secret() && typed.getValue(key.name()) instanceof String given) {
                words(given).forEach(redaction::add);
            }
            if (typed.getValue(key.name()) instanceof String text && SecretReferences.isReference(text)) {
                any = true;
                try {
                    resolved.put(key.name(), key.typed(secrets.resolve(key.name(), text, redaction)));
                } catch (WrongValue wrong) {
                    throw new IllegalArgumentException(
                            "what is referred to does not do: key=" + key.name() + " allowed=" + wrong.allowed());
                }
            }
        }
        List<ConfigProblem> problems = new ArrayList<>();
        if (any) {
            checkByPlugin(plugin, resolved, problems);
        }
        if (!problems.isEmpty()) {
            // What was found may be a secret.
            throw new IllegalArgumentException("configuration refused once its secrets were resolved: key="
                    + problems.get(0).key() + " allowed="
                    + redaction.apply(problems.get(0).allowed()));
        }
        return new ResolvedConfig(resolved, redaction);
    }

    /** Of a secret that was written out, such as a header's: what is long enough to be one, without the words around it. */
    private static List<String> words(String secret) {
        List<String> words = new ArrayList<>();
        for (String word : secret.split("\\s+", -1)) {
            if (word.length() >= SECRET_WORD_CHARS_MIN) {
                words.add(word);
            }
        }
        return words;
    }

    public static List<KeyDefinition> keys(ConnectorPlugin plugin) {
        List<KeyDefinition> keys = new ArrayList<>(CommonKeys.of(plugin));
        Set<String> taken = new HashSet<>();
        keys.forEach(key -> taken.add(key.name()));
        for (KeyDefinition own : KeyDefinition.all(plugin.configSchema())) {
            if (taken.add(own.name())) {
                keys.add(own);
            }
        }
        return keys;
    }

    private static JsonObject typed(Map<String, String> texts, List<KeyDefinition> keys, List<ConfigProblem> problems) {
        JsonObject typed = new JsonObject();
        for (KeyDefinition key : keys) {
            String text = texts.get(key.name());
            if (text == null) {
                Object byDefault = key.defaultValue();
                if (byDefault != null) {
                    typed.put(key.name(), byDefault);
                } else if (key.required()) {
                    problems.add(new ConfigProblem(key.name(), null, key.allowed() + "; it has no default"));
                }
            } else if (text.length() > VALUE_CHARS_MAX) {
                problems.add(new ConfigProblem(key.name(), null, "at most " + VALUE_CHARS_MAX + " characters"));
            } else if (SecretReferences.isReference(text)) {
                typed.put(key.name(), text); // its type shows when it is resolved
            } else {
                try {
                    typed.put(key.name(), key.typed(text));
                } catch (WrongValue wrong) {
                    problems.add(new ConfigProblem(key.name(), wrong.found(), wrong.allowed()));
                }
            }
        }
        return typed;
    }

    private static void checkUnknown(
            ConnectorPlugin plugin, Map<String, String> texts, List<KeyDefinition> keys, List<ConfigProblem> problems) {
        if (texts.size() > KEYS_MAX) {
            problems.add(new ConfigProblem(CommonKeys.NAME, null, "at most " + KEYS_MAX + " keys"));
            return;
        }
        Object more = plugin.configSchema().getValue("additionalProperties");
        boolean open = Boolean.TRUE.equals(more) || more instanceof JsonObject;
        Set<String> known = new HashSet<>();
        keys.forEach(key -> known.add(key.name()));
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            String key = entry.getKey();
            if (known.contains(key) || CommonKeys.isIgnored(key)) {
                continue;
            }
            if (!open && !TransformChain.isKey(key)) {
                problems.add(new ConfigProblem(
                        key,
                        null,
                        "no such key; " + plugin.name() + " has "
                                + String.join(
                                        ", ",
                                        keys.stream().map(KeyDefinition::name).toList())));
            }
        }
    }

    /** They are texts of their own: what a plugin calls so itself stays the plugin's. */
    private static void checkTransforms(
            Map<String, String> texts, List<KeyDefinition> keys, JsonObject typed, List<ConfigProblem> problems) {
        Map<String, String> own = new HashMap<>();
        texts.forEach((key, text) -> {
            if (TransformChain.isKey(key) && keys.stream().noneMatch(known -> known.name().equals(key))) {
                own.put(key, text);
                typed.put(key, text);
                if (SecretReferences.isReference(text)) {
                    problems.add(new ConfigProblem(key, text, "a text as it is: nothing is resolved in a transform"));
                }
            }
        });
        try {
            TransformChain.of(own);
        } catch (IllegalArgumentException wrong) {
            String message = String.valueOf(wrong.getMessage());
            int colon = message.indexOf(": ");
            String key = colon < 0 ? "transforms" : message.substring(0, colon);
            problems.add(new ConfigProblem(key, null, colon < 0 ? message : message.substring(colon + 2)));
        }
    }

    private static void checkCommon(
            ConnectorPlugin plugin, Map<String, String> texts, JsonObject typed, List<ConfigProblem> problems) {
        if (plugin instanceof SinkPlugin) {
            JsonArray topics = typed.getValue(CommonKeys.TOPICS) instanceof JsonArray list ? list : new JsonArray();
            String regex = texts.getOrDefault(CommonKeys.TOPICS_REGEX, "");
            if (topics.isEmpty() == regex.isEmpty()) {
                problems.add(new ConfigProblem(
                        CommonKeys.TOPICS,
                        topics.isEmpty() ? null : topics.encode(),
                        "either topics or topics.regex, one of them"));
            }
            String deadLetters = texts.getOrDefault(CommonKeys.DLQ_TOPIC, "");
            if (!deadLetters.isEmpty() && topics.contains(deadLetters)) {
                problems.add(new ConfigProblem(
                        CommonKeys.DLQ_TOPIC, deadLetters, "a topic that the connector does not read itself"));
            }
            checkRegex(regex, deadLetters, problems);
        } else if ("required".equals(typed.getString(CommonKeys.EXACTLY_ONCE))
                && problems.isEmpty()
                && plugin.delivery(typed.copy()) != Delivery.EXACTLY_ONCE) {
            problems.add(new ConfigProblem(
                    CommonKeys.EXACTLY_ONCE, "required", "requested: " + plugin.name() + " delivers at least once"));
        }
    }

    private static void checkRegex(String regex, String deadLetters, List<ConfigProblem> problems) {
        try {
            boolean matchesOwn = !regex.isEmpty()
                    && !deadLetters.isEmpty()
                    && Pattern.compile(regex).matcher(deadLetters).matches();
            if (matchesOwn) {
                problems.add(new ConfigProblem(
                        CommonKeys.DLQ_TOPIC, deadLetters, "a topic that the connector does not read itself"));
            }
            Pattern.compile(regex);
        } catch (PatternSyntaxException malformed) {
            problems.add(new ConfigProblem(CommonKeys.TOPICS_REGEX, regex, "a Java regular expression"));
        }
    }

    @SuppressWarnings("CatchingUnchecked") // a plugin's mistake must not become ours
    private void checkByPlugin(ConnectorPlugin plugin, JsonObject typed, List<ConfigProblem> problems) {
        try {
            problems.addAll(plugin.check(typed.copy(), policy));
        } catch (RuntimeException failure) {
            problems.add(new ConfigProblem(
                    CommonKeys.CLASS, plugin.name(), "a configuration that the plugin can check: " + failure));
        }
    }
}
