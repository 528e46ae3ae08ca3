package io.thalweg.connectors.runtime.task;

import io.thalweg.connectors.runtime.convert.Converter;
import io.thalweg.connectors.runtime.plugin.CommonKeys;
import io.thalweg.connectors.runtime.transform.TransformChain;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every connector can be told about its tasks.
 *
 * @param topicsRegex null if the topics are named
 * @param retryTimeoutMillis -1 for ever, 0 not to try again
 * @param deadLetterTopic empty for none
 */
public record TaskSettings(
        List<String> topics,
        @Nullable Pattern topicsRegex,
        Converter keyConverter,
        Converter valueConverter,
        TransformChain transforms,
        boolean tolerant,
        boolean logErrors,
        long retryTimeoutMillis,
        long retryDelayMaxMillis,
        String deadLetterTopic,
        boolean deadLetterHeaders,
        long commitIntervalMillis) {

    public TaskSettings {
        topics = List.copyOf(topics);
    }

    /** @param typed checked, defaults filled in */
    public static TaskSettings from(JsonObject typed) {
        String regex = typed.getString(CommonKeys.TOPICS_REGEX, "");
        return new TaskSettings(
                typed.getJsonArray(CommonKeys.TOPICS, new JsonArray()).stream()
                        .map(String::valueOf)
                        .toList(),
                regex.isEmpty() ? null : Pattern.compile(regex),
                Converter.named(
                        typed.getString(CommonKeys.KEY_CONVERTER), typed.getBoolean(CommonKeys.KEY_SCHEMAS, false)),
                Converter.named(
                        typed.getString(CommonKeys.VALUE_CONVERTER), typed.getBoolean(CommonKeys.VALUE_SCHEMAS, false)),
                transforms(typed),
                typed.getString(CommonKeys.TOLERANCE).equals("all"),
                typed.getBoolean(CommonKeys.LOG_ERRORS),
                typed.getLong(CommonKeys.RETRY_TIMEOUT),
                typed.getLong(CommonKeys.RETRY_DELAY_MAX),
                typed.getString(CommonKeys.DLQ_TOPIC, ""),
                typed.getBoolean(CommonKeys.DLQ_HEADERS, true),
                typed.getLong(CommonKeys.COMMIT_INTERVAL));
    }

    private static TransformChain transforms(JsonObject typed) {
        Map<String, String> texts = new HashMap<>();
        for (String key : typed.fieldNames()) {
            if (TransformChain.isKey(key) && typed.getValue(key) instanceof String text) {
                texts.put(key, text);
            }
        }
        return TransformChain.of(texts);
    }
}
