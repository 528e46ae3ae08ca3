package io.thalweg.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigSource;
import io.thalweg.log.LogConfig;
import io.thalweg.log.TimestampType;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsTest {

    private final TopicSettings settings = new TopicSettings(Map.of());

    @Test
    void defaultsAreThoseOfTheLogAndSoKafkas() {
        assertThat(settings.logConfig(Map.of())).isEqualTo(LogConfig.defaults());
    }

    @Test
    void everySettingThatKafkasClientsNameIsKnown() throws IllegalAccessException {
        List<String> names = new ArrayList<>();
        for (Field field : TopicConfig.class.getFields()) {
            if (field.getName().endsWith("_CONFIG") && field.getType() == String.class) {
                names.add((String) field.get(null));
            }
        }

        assertThat(names).hasSizeGreaterThan(25);
        assertThat(settings.describe(Map.of())).extracting(ConfigEntry::name).containsAll(names);
    }

    @Test
    void whatStreamsAndConnectSetIsAccepted() {
        Map<String, String> accepted = settings.validate(Map.of(
                "cleanup.policy", "compact, delete",
                "retention.ms", "86400000",
                "message.timestamp.type", "CreateTime",
                "segment.bytes", "52428800",
                "min.insync.replicas", "1",
                "unclean.leader.election.enable", "FALSE",
                "min.cleanable.dirty.ratio", "0.01",
                "compression.type", "zstd"));

        assertThat(accepted).containsEntry("cleanup.policy", "compact,delete");
        assertThat(accepted).containsEntry("unclean.leader.election.enable", "false");
        LogConfig config = settings.logConfig(accepted);
        assertThat(config.compact()).isTrue();
        assertThat(config.delete()).isTrue();
        assertThat(config.segmentBytes()).isEqualTo(52_428_800);
    }

    @Test
    void anEmptyCleanupPolicyKeepsEverything() {
        LogConfig config = settings.logConfig(settings.validate(Map.of("cleanup.policy", "")));

        assertThat(config.compact()).isFalse();
        assertThat(config.delete()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "retention.ms, -2",
        "retention.ms, soon",
        "cleanup.policy, shred",
        "segment.bytes, 1000",
        "segment.bytes, 9999999999",
        "min.cleanable.dirty.ratio, 1.1",
        "min.cleanable.dirty.ratio, NaN",
        "message.timestamp.type, Sometime",
        "max.message.bytes, -1",
        "min.insync.replicas, 0",
        "compression.type, rar",
        "preallocate, perhaps",
        "no.such.setting, 1",
        "remote.storage.enable, true",
    })
    void aWrongSettingIsRefusedByName(String name, String value) {
        assertThatThrownBy(() -> settings.validate(Map.of(name, value)))
                .isInstanceOfSatisfying(ThalwegException.class, refused -> {
                    assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_CONFIG);
                    assertThat(refused).hasMessageContaining(name);
                });
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> settings.validate(Map.of("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5")))
                .hasMessageContaining("min.compaction.lag.ms=10");
    }

    @Test
    void changesApplyInOrderOrNotAtAll() {
        Map<String, String> before = Map.of("cleanup.policy", "delete", "retention.ms", "1");

        Map<String, String> after = settings.change(
                before,
                List.of(
                        new ConfigChange("cleanup.policy", ConfigOperation.APPEND, "compact"),
                        new ConfigChange("cleanup.policy", ConfigOperation.SUBTRACT, "delete"),
                        new ConfigChange("retention.ms", ConfigOperation.DELETE, null),
                        new ConfigChange("segment.ms", ConfigOperation.SET, " 7 ")));

        assertThat(after).isEqualTo(Map.of("cleanup.policy", "compact", "segment.ms", "7"));
        assertThatThrownBy(() ->
                        settings.change(before, List.of(new ConfigChange("retention.ms", ConfigOperation.APPEND, "2"))))
                .hasMessageContaining("not LIST");
        assertThatThrownBy(() ->
                        settings.change(before, List.of(new ConfigChange("retention.ms", ConfigOperation.SET, null))))
                .hasMessageContaining("retention.ms");
    }

    @Test
    void theNearestSourceWins() {
        TopicSettings node = new TopicSettings(Map.of("retention.ms", "5", "segment.ms", "6"));

        Map<String, ConfigEntry> described = node.describe(Map.of("retention.ms", "7")).stream()
                .collect(Collectors.toMap(ConfigEntry::name, Function.identity()));

        assertThat(described.get("retention.ms").value()).isEqualTo("7");
        assertThat(described.get("retention.ms").source()).isEqualTo(ConfigSource.TOPIC);
        assertThat(described.get("segment.ms").value()).isEqualTo("6");
        assertThat(described.get("segment.ms").source()).isEqualTo(ConfigSource.BROKER_STATIC);
        assertThat(described.get("retention.bytes").source()).isEqualTo(ConfigSource.DEFAULT);
        assertThat(node.logConfig(Map.of()).retentionMillis()).isEqualTo(5);
    }

    @Test
    void logAppendTimeReachesTheLog() {
        assertThat(settings.logConfig(Map.of("message.timestamp.type", "LogAppendTime"))
                        .timestampType())
                .isEqualTo(TimestampType.LOG_APPEND_TIME);
    }

    @ParameterizedTest
    @CsvSource({"a", "__consumer_offsets", "A.b-c_9", "..."})
    void goodNamesPass(String name) {
        TopicName.validate(name);
    }

    @ParameterizedTest
    @CsvSource({"''", ".", "..", "../x", "a/b", "a b", "ü", "__metadata"})
    void badNamesAreRefused(String name) {
        assertThatThrownBy(() -> TopicName.validate(name))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION));
    }

    @Test
    void aNameOf250CharactersIsRefused() {
        TopicName.validate("x".repeat(249));
        assertThatThrownBy(() -> TopicName.validate("x".repeat(250))).hasMessageContaining("250");
    }
}
