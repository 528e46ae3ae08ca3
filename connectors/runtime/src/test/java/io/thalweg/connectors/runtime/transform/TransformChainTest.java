package io.thalweg.connectors.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.Header;
import io.thalweg.connectors.runtime.convert.ConversionException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Kafka Connect's own transforms do to records without schemas, by the same configurations. */
final class TransformChainTest {

    private static final String PACKAGE = "org.apache.kafka.connect.transforms.";
    private static final long NOON_MILLIS = 1_700_000_000_000L; // 2023-11-14, 22:13:20 UTC

    private static TransformRecord record(Object key, Object value) {
        return new TransformRecord("orders", 3, 42, key, value, List.of(), NOON_MILLIS);
    }

    private static JsonObject json(Object... pairs) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) pairs[i], pairs[i + 1]);
        }
        return object;
    }

    /** One transform, called {@code t}. */
    private static TransformChain one(String type, String... options) {
        Map<String, String> config = new HashMap<>(Map.of("transforms", "t", "transforms.t.type", PACKAGE + type));
        for (int i = 0; i < options.length; i += 2) {
            config.put("transforms.t." + options[i], options[i + 1]);
        }
        return TransformChain.of(config);
    }

    @Test
    void fieldsAreInsertedIntoKeysAndValues() {
        TransformChain all = one(
                "InsertField$Value",
                "topic.field",
                "topic!",
                "partition.field",
                "p?",
                "offset.field",
                "at",
                "timestamp.field",
                "time",
                "static.field",
                "by",
                "static.value",
                "us");
        JsonObject value = json("id", 1);
        assertThat(all.apply(record(null, value)).value())
                .isEqualTo(json("id", 1, "topic", "orders", "p", 3, "at", 42L, "time", NOON_MILLIS, "by", "us"));
        assertThat(value).as("the record before").isEqualTo(json("id", 1));
        assertThat(all.apply(record(null, null)).value()).as("a tombstone stays one").isNull();
        assertThatThrownBy(() -> all.apply(record(null, "text"))).isInstanceOf(ConversionException.class);

        TransformRecord source = new TransformRecord("orders", -1, -1, json("id", 1), null, List.of(), -1);
        assertThat(one("InsertField$Key", "topic.field", "topic").apply(source).key())
                .isEqualTo(json("id", 1, "topic", "orders"));
        assertThatThrownBy(() -> one("InsertField$Key", "offset.field", "at").apply(source))
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("sinks");
    }

    @Test
    void fieldsAreLeftOutAndRenamed() {
        JsonObject value = json("a", 1, "b", 2, "c", 3);
        assertThat(one("ReplaceField$Value", "exclude", "b").apply(record(null, value)).value())
                .isEqualTo(json("a", 1, "c", 3));
        assertThat(one("ReplaceField$Value", "include", "a, c", "renames", "a:x")
                        .apply(record(null, value))
                        .value())
                .isEqualTo(json("x", 1, "c", 3));
        assertThat(one("ReplaceField$Key", "blacklist", "a").apply(record(value, null)).key())
                .isEqualTo(json("b", 2, "c", 3));
    }

    @Test
    void fieldsBecomeKeysAndTakeTheirObjectsPlace() {
        JsonObject value = json("id", 7, "name", "n", "more", true);
        assertThat(one("ValueToKey", "fields", "id,name,none").apply(record("k", value)).key())
                .isEqualTo(json("id", 7, "name", "n", "none", null));
        assertThatThrownBy(() -> one("ValueToKey", "fields", "id").apply(record("k", null)))
                .isInstanceOf(ConversionException.class);
        assertThat(one("ExtractField$Key", "field", "id").apply(record(json("id", 7), null)).key())
                .isEqualTo(7);
        assertThat(one("ExtractField$Value", "field", "none").apply(record(null, value)).value())
                .isNull();
        assertThat(one("ExtractField$Value", "field", "id").apply(record(null, null)).value())
                .isNull();
    }

    @Test
    void topicsAreChosenByNameAndByTime() {
        TransformChain regex = one("RegexRouter", "regex", "(.*)ers", "replacement", "shop-$1");
        assertThat(regex.apply(record(null, null)).topic()).isEqualTo("shop-ord");
        TransformRecord other = new TransformRecord("others-too", -1, -1, null, null, List.of(), 1);
        assertThat(regex.apply(other).topic()).as("the whole name must match").isEqualTo("others-too");

        assertThat(one("TimestampRouter").apply(record(null, null)).topic()).isEqualTo("orders-20231114");
        assertThat(one("TimestampRouter", "topic.format", "${timestamp}.${topic}", "timestamp.format", "yyyy-MM-dd'T'HH")
                        .apply(record(null, null))
                        .topic())
                .isEqualTo("2023-11-14T22.orders");
        TransformRecord timeless = new TransformRecord("orders", -1, -1, null, null, List.of(), -1);
        assertThatThrownBy(() -> one("TimestampRouter").apply(timeless)).isInstanceOf(ConversionException.class);
    }

    @Test
    void predicatesSayForWhichRecords() {
        Map<String, String> config = new HashMap<>(Map.of(
                "transforms", "drop, mark",
                "transforms.drop.type", PACKAGE + "Filter",
                "transforms.drop.predicate", "tombstone",
                "transforms.mark.type", "InsertField$Value",
                "transforms.mark.static.field", "marked",
                "transforms.mark.static.value", "yes",
                "transforms.mark.predicate", "traced",
                "transforms.mark.negate", "true",
                "predicates", "tombstone,traced"));
        config.put("predicates.tombstone.type", PACKAGE + "predicates.RecordIsTombstone");
        config.put("predicates.traced.type", PACKAGE + "predicates.HasHeaderKey");
        config.put("predicates.traced.name", "trace");
        TransformChain chain = TransformChain.of(config);

        assertThat(chain.apply(record("k", null))).isNull();
        assertThat(chain.apply(record("k", json("a", 1))).value()).isEqualTo(json("a", 1, "marked", "yes"));
        TransformRecord traced = new TransformRecord(
                "orders", 0, 0, "k", json("a", 1), List.of(new Header("trace", new byte[0])), 1);
        assertThat(chain.apply(traced).value()).isEqualTo(json("a", 1));

        config.put("predicates.traced.type", "TopicNameMatches");
        config.remove("predicates.traced.name");
        config.put("predicates.traced.pattern", "ord.*");
        assertThat(TransformChain.of(config).apply(record("k", json("a", 1))).value())
                .isEqualTo(json("a", 1));
    }

    @Test
    void whatIsWrongIsNamedByItsKey() {
        assertWrong("transforms.t.type", "transforms", "t");
        assertWrong("transforms.t.type", "transforms", "t", "transforms.t.type", "Cast$Value");
        assertWrong("transforms.t.fields", "transforms", "t", "transforms.t.type", "ValueToKey");
        assertWrong("transforms.t.regex", "transforms", "t", "transforms.t.type", "RegexRouter", "transforms.t.regex", "(");
        assertWrong("transforms.t.wrong", "transforms", "t", "transforms.t.type", "Filter", "transforms.t.wrong", "1");
        assertWrong("transforms.t.predicate", "transforms", "t", "transforms.t.type", "Filter", "transforms.t.predicate", "p");
        assertWrong("transforms.t.negate", "transforms", "t", "transforms.t.type", "Filter", "transforms.t.negate", "true");
        assertWrong("transforms.other.type", "transforms.other.type", "Filter");
        assertWrong("transforms", "transforms", "t,t", "transforms.t.type", "Filter");
        assertWrong("predicates.p.type", "predicates", "p", "predicates.p.type", "none");
        assertThat(TransformChain.of(Map.of("transforms", "", "other", "x")).isEmpty()).isTrue();
    }

    private static void assertWrong(String key, String... config) {
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < config.length; i += 2) {
            texts.put(config[i], config[i + 1]);
        }
        assertThatThrownBy(() -> TransformChain.of(texts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + ": ");
    }
}
