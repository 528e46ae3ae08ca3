package io.thalweg.gateway.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordJsonParserTest {
    private final RecordJsonParser parser = new RecordJsonParser("flights");

    @Test
    void plainStringIsStoredAsItsBytesAndOtherJsonAsItsText() {
        List<OutgoingRecord> records = parser.records(
                ("{\"records\":[{\"key\":\"SFO\",\"value\":\"a \\u00e9\\ud83d\\ude00\\n\"}, {\"value\" : { \"x\": 1.10 } },"
                                + "{\"value\":null},{\"value\":\"aGk=\",\"valueType\":\"base64\"},"
                                + "{\"valueType\":\"json\",\"value\":\"quoted\"}]}")
                        .getBytes(UTF_8));

        assertThat(records).hasSize(5);
        assertThat(records.get(0).key()).isEqualTo("SFO".getBytes(UTF_8));
        assertThat(records.get(0).value()).isEqualTo("a é\ud83d\ude00\n".getBytes(UTF_8));
        assertThat(records.get(1).value()).isEqualTo("{ \"x\": 1.10 }".getBytes(UTF_8));
        assertThat(records.get(2).value()).isNull();
        assertThat(records.get(3).value()).isEqualTo("hi".getBytes(UTF_8));
        assertThat(records.get(4).value()).isEqualTo("\"quoted\"".getBytes(UTF_8));
    }

    @Test
    void headersComeAsAnObjectOrAsAList() {
        OutgoingRecord object = parser.record("{\"value\":1,\"headers\":{\"a\":\"x\",\"b\":null}}".getBytes(UTF_8));
        OutgoingRecord list =
                parser.record("{\"value\":1,\"headers\":[{\"key\":\"a\",\"value\":\"x\"},{\"key\":\"a\",\"value\":2}]}"
                        .getBytes(UTF_8));

        assertThat(object.headers()).extracting("key").containsExactly("a", "b");
        assertThat(list.headers()).extracting("key").containsExactly("a", "a");
        assertThat(list.headers().get(1).value()).isEqualTo("2".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"records\":[{\"value\":1},]}",
                "{\"records\":[{\"value\":01}]}",
                "{\"records\":[{\"value\":\"\\ud800\"}]}",
                "{\"records\":[{\"value\":\"a\nb\"}]}",
                "{\"records\":{}}",
                "{\"records\":[]} x",
                "{\"record\":[]}",
                "{\"records\":[],\"records\":[]}",
                "{}",
                "[]",
                "",
                "null",
                "\u0000"
            })
    void whatIsNotTheFormIsAnInvalidRequest(String body) {
        assertThatThrownBy(() -> parser.records(body.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        failure -> assertThat(failure.error()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|value is missing",
                "{'value':1,'colour':2}|colour",
                "{'value':1,'partition':-1}|partition=-1",
                "{'value':1,'partition':3000000000}|partition=3000000000",
                "{'value':1,'timestamp':'yesterday'}|yesterday",
                "{'value':1,'timestamp':-5}|timestamp=-5",
                "{'value':1,'valueType':'string'}|must be a JSON string",
                "{'value':'%%','valueType':'base64'}|not base64",
                "{'value':null,'valueType':'json'}|is null",
                "{'value':1,'valueType':'null'}|has type null",
                "{'value':1,'valueType':'xml'}|type=xml",
                "{'value':1,'value':2}|twice",
                "{'value':1,'topic':'other'}|topic=other",
                "{'value':1,'headers':[{'key':'a'}]}|key and value",
            })
    void impossibleRecordIsRefusedWithItsReason(String record, String reason) {
        byte[] body = ("{\"records\":[{\"value\":0}," + record.replace('\'', '"') + "]}").getBytes(UTF_8);

        assertThatThrownBy(() -> parser.records(body))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        failure -> assertThat(failure.error()).isEqualTo(ErrorCode.INVALID_RECORD))
                .hasMessageContaining("record=1")
                .hasMessageContaining(reason);
    }

    @Test
    void deepNestingIsRefusedWithoutRecursion() {
        String deep = "[".repeat(100_000);

        assertThatThrownBy(() -> parser.record(("{\"value\":" + deep + "}").getBytes(UTF_8)))
                .hasMessageContaining("nested deeper than 512");
        assertThat(ValueType.of((deep + "]".repeat(100_000)).getBytes(UTF_8))).isEqualTo(ValueType.STRING);
    }

    @Test
    void invalidUtf8IsRefused() {
        assertThatThrownBy(() ->
                        parser.record("{\"value\":\"\u00e9\"}".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
                .hasMessageContaining("UTF-8");
    }
}
