package io.thalweg.gateway.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFilterTest {
    private static final ReceivedRecord FLIGHT = record(
            "UA-17",
            "{\"origin\":\"SFO\",\"delay\":61.5,\"late\":true,\"gate\":null,\"a/b\":{\"~\":[10,{\"x\":\"y\\u00e9\"}]},"
                    + "\"id\":9007199254740993}");

    private static ReceivedRecord record(String key, String value) {
        return new ReceivedRecord(
                "flights",
                0,
                1,
                2,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : value.getBytes(UTF_8),
                List.of(
                        new RecordHeader("source", "old".getBytes(UTF_8)),
                        new RecordHeader("source", "new".getBytes(UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key == \"UA-17\"",
                "key contains \"A-1\"",
                "key >= \"UA\" and key < \"UB\"",
                "value contains \"SFO\"",
                "value/origin == \"SFO\"",
                "value/delay > 61 and value/delay <= 61.50",
                "value/delay == 6.15e1",
                "value/late == true",
                "value/late != false",
                "value/gate == null",
                "value/none == null",
                "value/origin != null",
                "value/a~1b/~0/0 == 10",
                "value/a~1b/~0/1/x == \"yé\"",
                "value/a~1b != null",
                "value/id == 9007199254740993",
                "header:source == \"new\"",
                "header:other == null",
                "  key\t!=  \"x\"  and  value != null ",
            })
    void whatHoldsIsAccepted(String filter) {
        assertThat(RecordFilter.parse(filter).accepts(FLIGHT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key == \"UA\"",
                "value/origin == 5",
                "value/origin != 5",
                "value/delay == \"61.5\"",
                "value/none != 5",
                "value/a~1b/~0/2 == 1",
                "value/a~1b/~0/01 == 10",
                "value/a~1b == \"x\"",
                "value/id == 9007199254740992",
                "value == null",
                "header:source == \"old\"",
                "key == \"UA-17\" and value/late == false",
            })
    void whatDoesNotHoldIsNot(String filter) {
        assertThat(RecordFilter.parse(filter).accepts(FLIGHT)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "key",
                "key ==",
                "key == SFO",
                "key = \"x\"",
                "offset == 1",
                "valueX/delay == 1",
                "key == \"x\" or key == \"y\"",
                "key == \"x\" and",
                "value/delay contains 5",
                "value/late > true",
                "value/delay == [1]",
                "value/delay == 1e99999999999",
                "key == \"x",
                "/delay == 1",
            })
    void whatIsNoFilterIsRefused(String filter) {
        assertThatThrownBy(() -> RecordFilter.parse(filter))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void whatIsTooLongIsRefused() {
        String one = "key != \"x\"";
        assertThat(RecordFilter.parse(one + (" and " + one).repeat(7)).accepts(FLIGHT))
                .isTrue();
        assertThatThrownBy(() -> RecordFilter.parse(one + (" and " + one).repeat(8)))
                .hasMessageContaining("more than 8");
        assertThatThrownBy(() -> RecordFilter.parse("key == \"" + "x".repeat(600) + "\""))
                .hasMessageContaining("512");
        assertThatThrownBy(() -> RecordFilter.parse("value" + "/a".repeat(17) + " == 1"))
                .hasMessageContaining("17 segments");
    }

    @Test
    void valuesThatAreNoJsonOrAreBrokenMatchOnlyAsText() {
        ReceivedRecord text = record(null, "{\"delay\":5,\"origin\":");
        assertThat(RecordFilter.parse("value contains \"delay\"").accepts(text)).isTrue();
        assertThat(RecordFilter.parse("value/origin == \"SFO\"").accepts(text)).isFalse();
        assertThat(RecordFilter.parse("key == null").accepts(text)).isTrue();
        assertThat(RecordFilter.parse("value == 5").accepts(record("k", "5"))).isTrue();
        assertThat(RecordFilter.parse("value > 4").accepts(record("k", "1e999999999999")))
                .isFalse();
        assertThat(RecordFilter.parse("value == null").accepts(record("k", null)))
                .isTrue();
        assertThat(RecordFilter.parse("value/a == 1").accepts(record("k", ""))).isFalse();
    }
}
