package io.thalweg.connectors.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.runtime.CollectingSink;
import io.thalweg.connectors.runtime.CountingSource;
import io.thalweg.connectors.runtime.policy.HostPolicyConfig;
import io.thalweg.connectors.runtime.policy.NodeHostPolicy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigCheckTest {

    private final ConfigCheck check = new ConfigCheck(
            new Plugins(List.of(new CountingSource(), new CollectingSink())),
            new NodeHostPolicy(HostPolicyConfig.denyAll()));

    private CheckedConfig check(JsonObject config) {
        return check.check(ConnectorConfig.from(config));
    }

    private static JsonObject counting() {
        return new JsonObject()
                .put("name", "c")
                .put("connector.class", "counting")
                .put("topic", "t");
    }

    private List<String> problems(JsonObject config) {
        return check(config).problems().stream().map(ConfigProblem::key).toList();
    }

    @Test
    void textGetsTheTypesOfTheSchemaAndDefaults() {
        CheckedConfig checked = check(counting().put("count", "12").put("tasks.max", 3));
        assertThat(checked.ok()).as(checked.describe()).isTrue();
        assertThat(checked.typed().getLong("count")).isEqualTo(12);
        assertThat(checked.typed().getInteger("tasks.max")).isEqualTo(3);
        assertThat(checked.typed().getString("value.converter")).isEqualTo("json");
        assertThat(check(counting().put("connector.class", CountingSource.class.getName()))
                        .ok())
                .isTrue();
    }

    @Test
    void everyWrongKeyIsNamedAtOnce() {
        assertThat(problems(counting().put("count", "many").put("tasks.max", 0).put("cuont", 1)))
                .containsExactlyInAnyOrder("count", "tasks.max", "cuont");
        assertThat(problems(new JsonObject().put("name", "c").put("connector.class", "no-such")))
                .containsExactly("connector.class");
        assertThat(problems(new JsonObject().put("connector.class", "counting")))
                .containsExactlyInAnyOrder("name", "topic");
        assertThat(problems(counting().put("transforms", "route"))).containsExactly("transforms.route.type");
        assertThat(problems(counting()
                        .put("transforms", "drop")
                        .put("transforms.drop.type", "org.apache.kafka.connect.transforms.Filter")))
                .isEmpty();
        assertThat(problems(counting()
                        .put("transforms", "drop")
                        .put("transforms.drop.type", "Filter")
                        .put("transforms.drop.predicate", "${file:/etc/secret}")))
                .contains("transforms.drop.predicate");
        assertThat(problems(counting().put("producer.override.linger.ms", "5"))).isEmpty();
    }

    @Test
    void aSinkReadsNamedTopicsOrAPatternAndNotItsOwnDeadLetters() {
        JsonObject sink = new JsonObject().put("name", "s").put("connector.class", "collecting");
        assertThat(problems(sink)).containsExactly("topics");
        assertThat(problems(sink.copy().put("topics", "a, b"))).isEmpty();
        assertThat(problems(sink.copy().put("topics", "a").put("topics.regex", "b.*")))
                .containsExactly("topics");
        assertThat(problems(sink.copy().put("topics", "a/b"))).containsExactly("topics", "topics");
        assertThat(problems(sink.copy().put("topics.regex", "("))).containsExactly("topics.regex");
        assertThat(problems(sink.copy().put("topics.regex", ".*").put("errors.deadletterqueue.topic.name", "dead")))
                .containsExactly("errors.deadletterqueue.topic.name");
        assertThat(check(sink.copy().put("topics", new JsonArray().add("a")))
                        .typed()
                        .getJsonArray("topics"))
                .isEqualTo(new JsonArray().add("a"));
    }

    @Test
    void keysThatOpenHolesAreRefused() {
        assertThat(problems(counting().put("config.providers", "file"))).contains("config.providers");
        assertThat(problems(counting()
                        .put(
                                "producer.override.sasl.jaas.config",
                                "com.sun.security.auth.module.JndiLoginModule required "
                                        + "user.provider.url=\"ldap://evil\";")))
                .contains("producer.override.sasl.jaas.config");
        assertThat(problems(counting()
                        .put(
                                "producer.override.sasl.jaas.config",
                                "org.apache.kafka.common.security.plain.PlainLoginModule required;"
                                        + " com.evil.Module required;")))
                .contains("producer.override.sasl.jaas.config");
        assertThat(problems(counting()
                        .put(
                                "producer.override.sasl.jaas.config",
                                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\";")))
                .isEmpty();
    }

    @Test
    void aSecretIsHiddenInEveryAnswer() {
        JsonObject config = counting().put("password", "canary").put("count", "x");
        CheckedConfig checked = check(config);
        assertThat(ConfigInfos.of("counting", checked).encode()).doesNotContain("canary");
        assertThat(checked.describe()).doesNotContain("canary");
        assertThat(checked.config().toString()).doesNotContain("canary");
    }

    @Test
    void theDescriptionHasKafkaConnectsShape() {
        JsonObject infos = ConfigInfos.of("counting", check(counting().put("count", "x")));
        assertThat(infos.fieldNames()).containsExactlyInAnyOrder("name", "error_count", "groups", "configs");
        assertThat(infos.getInteger("error_count")).isEqualTo(1);
        JsonObject count = infos.getJsonArray("configs").stream()
                .map(JsonObject.class::cast)
                .filter(info -> info.getJsonObject("value").getString("name").equals("count"))
                .findFirst()
                .orElseThrow();
        assertThat(count.getJsonObject("definition").fieldNames())
                .contains("name", "type", "required", "default_value", "importance", "documentation", "group", "order");
        assertThat(count.getJsonObject("value").getJsonArray("errors")).hasSize(1);
        assertThat(count.getJsonObject("definition").getString("type")).isEqualTo("LONG");
    }
}
