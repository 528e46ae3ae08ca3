package io.thalweg.connectors.runtime.plugin;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.SinkPlugin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The keys that every connector has: Kafka Connect's names, with this runtime's defaults. */
public final class CommonKeys {

    public static final String NAME = "name";
    public static final String CLASS = "connector.class";
    public static final String TASKS_MAX = "tasks.max";
    public static final String TOPICS = "topics";
    public static final String TOPICS_REGEX = "topics.regex";
    public static final String KEY_CONVERTER = "key.converter";
    public static final String VALUE_CONVERTER = "value.converter";
    public static final String HEADER_CONVERTER = "header.converter";
    public static final String KEY_SCHEMAS = "key.converter.schemas.enable";
    public static final String VALUE_SCHEMAS = "value.converter.schemas.enable";
    public static final String TOLERANCE = "errors.tolerance";
    public static final String RETRY_TIMEOUT = "errors.retry.timeout";
    public static final String RETRY_DELAY_MAX = "errors.retry.delay.max.ms";
    public static final String LOG_ERRORS = "errors.log.enable";
    public static final String LOG_MESSAGES = "errors.log.include.messages";
    public static final String DLQ_TOPIC = "errors.deadletterqueue.topic.name";
    public static final String DLQ_HEADERS = "errors.deadletterqueue.context.headers.enable";
    public static final String EXACTLY_ONCE = "exactly.once.support";
    public static final String COMMIT_INTERVAL = "offset.flush.interval.ms";

    /** All of the above: what no plugin can mean otherwise. */
    private static final Set<String> NAMES = Set.of(
            NAME,
            CLASS,
            TASKS_MAX,
            TOPICS,
            TOPICS_REGEX,
            KEY_CONVERTER,
            VALUE_CONVERTER,
            HEADER_CONVERTER,
            KEY_SCHEMAS,
            VALUE_SCHEMAS,
            TOLERANCE,
            RETRY_TIMEOUT,
            RETRY_DELAY_MAX,
            LOG_ERRORS,
            LOG_MESSAGES,
            DLQ_TOPIC,
            DLQ_HEADERS,
            EXACTLY_ONCE,
            COMMIT_INTERVAL);

    /** What Kafka's own settings call what is secret, such as {@code sasl.jaas.config} behind {@code producer.override.}. */
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i)password|secret|token|credential|jaas|private[.]key|api[.]?key");

    /** Text that must not be longer than what a person would write. */
    private static final String TOPIC_PATTERN = "^[a-zA-Z0-9._-]{1,249}$";

    private CommonKeys() {}

    /** For one kind of connector, with the defaults that it asks for. */
    static List<KeyDefinition> of(ConnectorPlugin plugin) {
        List<KeyDefinition> keys = new ArrayList<>();
        add(keys, required(NAME, text("What the connector is called.").put("pattern", "^[^\\p{Cntrl}/]{1,200}$")));
        add(keys, required(CLASS, text("The plugin that does the work.")));
        add(
                keys,
                key(
                        TASKS_MAX,
                        new JsonObject()
                                .put("type", "integer")
                                .put("minimum", 1)
                                .put("maximum", 1000)
                                .put("default", 1)
                                .put("description", "Most tasks that share the work.")));
        if (plugin instanceof SinkPlugin) {
            addSinkKeys(keys);
        } else {
            add(
                    keys,
                    key(
                            EXACTLY_ONCE,
                            choice("requested", "requested", "required")
                                    .put(
                                            "description",
                                            "required refuses a plugin that can only deliver at least once.")));
        }
        addConverters(keys);
        addErrors(keys);
        add(
                keys,
                key(
                        COMMIT_INTERVAL,
                        new JsonObject()
                                .put("type", "integer")
                                .put("minimum", 10)
                                .put("maximum", 3_600_000)
                                .put("default", 1_000)
                                .put("x-unit", "milliseconds")
                                .put("description", "How often positions are stored.")));
        JsonObject defaults = plugin.commonDefaults();
        return keys.stream()
                .map(key -> defaults.containsKey(key.name())
                        ? new KeyDefinition(
                                key.name(),
                                key.schema().copy().put("default", defaults.getValue(key.name())),
                                key.required())
                        : key)
                .toList();
    }

    private static void addSinkKeys(List<KeyDefinition> keys) {
        JsonObject topics = new JsonObject()
                .put("type", "array")
                .put("items", new JsonObject().put("type", "string").put("pattern", TOPIC_PATTERN))
                .put("maxItems", 1000)
                .put("description", "Topics to read, between commas. Either this or " + TOPICS_REGEX + ".");
        add(keys, key(TOPICS, topics));
        add(
                keys,
                key(
                        TOPICS_REGEX,
                        text("Topics to read: those whose whole name matches.").put("maxLength", 1000)));
        add(
                keys,
                key(
                        DLQ_TOPIC,
                        text("Topic for records that could not be handled, with errors.tolerance=all; none if empty.")
                                .put("default", "")
                                .put("pattern", "^[a-zA-Z0-9._-]{0,249}$")));
        add(
                keys,
                key(
                        DLQ_HEADERS,
                        flag(true, "Whether a dead letter's headers say where it comes from and what went wrong.")));
    }

    private static void addConverters(List<KeyDefinition> keys) {
        add(keys, key(KEY_CONVERTER, converter("string", "Between keys and bytes.")));
        add(keys, key(KEY_SCHEMAS, flag(false, "JSON keys stand in an envelope of schema and payload.")));
        add(keys, key(VALUE_CONVERTER, converter("json", "Between values and bytes.")));
        add(keys, key(VALUE_SCHEMAS, flag(false, "JSON values stand in an envelope of schema and payload.")));
        add(
                keys,
                key(
                        HEADER_CONVERTER,
                        text("Taken for compatibility: headers are bytes on both sides.")
                                .put("default", "")));
    }

    private static void addErrors(List<KeyDefinition> keys) {
        add(
                keys,
                key(
                        TOLERANCE,
                        choice("none", "none", "all")
                                .put("description", "all goes on without a record that cannot be handled.")));
        add(
                keys,
                key(
                        RETRY_TIMEOUT,
                        new JsonObject()
                                .put("type", "integer")
                                .put("minimum", -1)
                                .put("default", -1)
                                .put("x-unit", "milliseconds")
                                .put(
                                        "description",
                                        "How long what may succeed later is tried again; -1 for ever, 0 not at all.")));
        add(
                keys,
                key(
                        RETRY_DELAY_MAX,
                        new JsonObject()
                                .put("type", "integer")
                                .put("minimum", 1)
                                .put("maximum", 3_600_000)
                                .put("default", 60_000)
                                .put("x-unit", "milliseconds")
                                .put("description", "Longest wait between two tries.")));
        add(keys, key(LOG_ERRORS, flag(false, "Whether each tolerated error is logged.")));
        add(keys, key(LOG_MESSAGES, flag(false, "Taken for compatibility: what is in records is never logged.")));
    }

    /**
     * Whether a key that nobody describes may hold a secret.
     *
     * @param pluginKnown whether the plugin is here: if not, any key of its own may
     */
    public static boolean mayBeSecret(String key, boolean pluginKnown) {
        boolean common = NAMES.contains(key) || isIgnored(key);
        return (!pluginKnown && !common) || SECRET_NAME.matcher(key).find();
    }

    /** Keys of Kafka Connect that are taken and change nothing here. */
    static boolean isIgnored(String key) {
        return key.startsWith("producer.override.")
                || key.startsWith("consumer.override.")
                || key.startsWith("admin.override.")
                || key.startsWith("topic.creation.")
                || key.startsWith(DLQ_TOPIC.substring(0, DLQ_TOPIC.length() - "name".length()))
                || key.startsWith(KEY_CONVERTER + ".")
                || key.startsWith(VALUE_CONVERTER + ".")
                || key.equals("config.action.reload")
                || key.equals("tasks.max.enforce")
                || key.equals("transaction.boundary")
                || key.equals("connector.plugin.version")
                || key.equals("offsets.storage.topic");
    }

    private static void add(List<KeyDefinition> keys, KeyDefinition key) {
        JsonObject schema = key.schema().copy().put("x-order", keys.size() + 1);
        schema.put("x-group", group(key.name()));
        keys.add(new KeyDefinition(key.name(), schema, key.required()));
    }

    private static String group(String name) {
        return name.startsWith("errors.") ? "Error Handling" : "Common";
    }

    private static KeyDefinition key(String name, JsonObject schema) {
        return new KeyDefinition(name, schema, false);
    }

    private static KeyDefinition required(String name, JsonObject schema) {
        return new KeyDefinition(name, schema.put("x-importance", "high"), true);
    }

    private static JsonObject text(String description) {
        return new JsonObject().put("type", "string").put("description", description);
    }

    private static JsonObject flag(boolean byDefault, String description) {
        return new JsonObject().put("type", "boolean").put("default", byDefault).put("description", description);
    }

    private static JsonObject choice(String byDefault, String... choices) {
        return new JsonObject()
                .put("type", "string")
                .put("enum", new JsonArray(List.of((Object[]) choices)))
                .put("default", byDefault);
    }

    private static JsonObject converter(String byDefault, String description) {
        List<String> names = io.thalweg.connectors.runtime.convert.Converter.NAMES.stream()
                .sorted()
                .toList();
        return new JsonObject()
                .put("type", "string")
                .put("enum", new JsonArray(names))
                .put("default", byDefault)
                .put("description", description);
    }
}
