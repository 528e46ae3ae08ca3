package io.thalweg.connectors.process.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.SourceRecord;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeParserTest {

    private final NativeParser parser = new NativeParser("orders");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1}",
                "{ \"a\" : [1, 2.50, {\"b\": null}] }",
                "[1,2]",
                "[]",
                "-12.5e3",
                "0",
                "true",
                "false",
                "{\"text\":\"é€😀 \\u00e9 \\\" }\"}"
            })
    void aJsonValueIsPublishedAsItsText(String json) throws MessageException {
        for (String padding : List.of("", " ", "  \t")) {
            String line = "{\"type\":\"RECORD\",\"value\":" + padding + json + padding + ",\"x\":1}";

            SourceRecord record = record(line);

            assertThat(text(record.value())).isEqualTo(json);
            assertThat(record.topic()).isEqualTo("orders");
        }
        assertThat(text(record("{\"value\":" + json + ",\"type\":\"RECORD\"}").value()))
                .isEqualTo(json);
        assertThat(text(record("{\"type\":\"RECORD\",\"value\":" + json + "}").value()))
                .isEqualTo(json);
    }

    @Test
    void aStringIsPublishedAsItsOwnText() throws MessageException {
        assertThat(text(record("{\"type\":\"RECORD\",\"key\":\"k\\n\\u00e9\",\"value\":\"plain é\"}")
                        .value()))
                .isEqualTo("plain é");
        assertThat(text(record("{\"type\":\"RECORD\",\"key\":\"k\\n\\u00e9\",\"value\":\"\"}")
                        .key()))
                .isEqualTo("k\né");
        assertThat(text(record("{\"type\":\"RECORD\",\"value\":\"\"}").value())).isEmpty();
    }

    @Test
    void aTypeSaysWhatAStringIs() throws MessageException {
        assertThat(text(record("{\"type\":\"RECORD\",\"value\":\"a\\\"b\",\"valueType\":\"json\"}")
                        .value()))
                .isEqualTo("\"a\\\"b\"");
        assertThat(record("{\"type\":\"RECORD\",\"valueType\":\"base64\",\"value\":\"AP8=\"}")
                        .value())
                .isEqualTo(new byte[] {0, (byte) 0xff});
        assertThat(record("{\"type\":\"RECORD\",\"value\":null}").value()).isNull();
    }

    @Test
    void allThatARecordCanSayIsTaken() throws MessageException {
        SourceRecord record =
                record("{\"type\":\"RECORD\",\"topic\":\"other\",\"partition\":3,\"timestamp\":1700000000000,"
                        + "\"key\":{\"id\":7},\"value\":1,\"headers\":{\"trace\":\"abc\",\"n\":5,\"none\":null}}");

        assertThat(record.topic()).isEqualTo("other");
        assertThat(record.partition()).isEqualTo(3);
        assertThat(record.timestampMillis()).isEqualTo(1_700_000_000_000L);
        assertThat(text(record.key())).isEqualTo("{\"id\":7}");
        assertThat(record.headers()).extracting(header -> header.key()).containsExactly("trace", "n", "none");
        assertThat(text(record.headers().get(0).value())).isEqualTo("abc");
        assertThat(record.headers().get(2).value()).isNull();
    }

    @Test
    void recordsTakeTheMessagesTopicThoughItComesLast() throws MessageException {
        ChildMessage.Records records = (ChildMessage.Records) parse(
                "{\"type\":\"RECORDS\",\"records\":[{\"value\":1},{\"topic\":\"b\",\"value\":\"xy\"},{\"key\":\"k\",\"value\":null}],"
                        + "\"position\":{\"line\":7},\"topic\":\"a\"}");

        assertThat(records.records()).extracting(SourceRecord::topic).containsExactly("a", "b", "a");
        assertThat(records.records().get(2).value()).isNull();
        assertThat(text(records.records().get(2).key())).isEqualTo("k");
        assertThat(records.records().get(0).key()).isNull();
        assertThat(records.bytes()).isEqualTo(1 + 2 + 1);
        assertThat(records.position()).isEqualTo(new JsonObject().put("line", 7));
    }

    @Test
    void whatIsNotKnownIsIgnored() throws MessageException {
        assertThat(parse("{\"type\":\"FUTURE\",\"value\":{\"x\":[1]}}")).isInstanceOf(ChildMessage.Ignored.class);
        assertThat(record("{\"later\":{\"a\":[{}]},\"type\":\"RECORD\",\"value\":5}")
                        .value())
                .isEqualTo(new byte[] {'5'});
    }

    @Test
    void helloNamesVersionsAndSchema() throws MessageException {
        ChildMessage.Hello one = (ChildMessage.Hello) parse("{\"type\":\"HELLO\",\"protocol\":1}");
        ChildMessage.Hello several = (ChildMessage.Hello)
                parse("{\"type\":\"HELLO\",\"protocol\":[2,1],\"replays\":true,\"config\":{\"type\":\"object\"}}");

        assertThat(one.versions()).containsExactly(1);
        assertThat(one.replays()).isFalse();
        assertThat(several.versions()).containsExactly(2, 1);
        assertThat(several.replays()).isTrue();
        assertThat(several.configSchema()).isEqualTo(new JsonObject().put("type", "object"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "",
                "[]",
                "{",
                "{}",
                "{\"type\":\"RECORD\"}",
                "{\"type\":\"RECORD\",\"value\":1",
                "{\"type\":\"RECORD\",\"value\":{\"a\":}}",
                "{\"type\":\"RECORD\",\"value\":1}{\"type\":\"RECORD\",\"value\":2}",
                "{\"type\":\"RECORD\",\"value\":1} trailing",
                "{\"type\":\"RECORD\",\"value\":NaN}",
                "{\"type\":\"RECORD\",\"value\":01}",
                "{\"type\":\"RECORD\",\"value\":\"x\",\"valueType\":\"base64\"}",
                "{\"type\":\"RECORD\",\"value\":\"x\",\"valueType\":\"other\"}",
                "{\"type\":\"RECORD\",\"value\":1,\"partition\":-7}",
                "{\"type\":\"RECORD\",\"value\":1,\"partition\":99999999999999999999}",
                "{\"type\":\"RECORDS\"}",
                "{\"type\":\"RECORDS\",\"records\":{}}",
                "{\"type\":\"RECORDS\",\"records\":[1]}",
                "{\"type\":\"RECORDS\",\"records\":[{\"key\":1}]}",
                "{\"type\":7}"
            })
    void whatIsWrongIsRefusedWithoutQuotingIt(String line) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(MessageException.class);
    }

    @Test
    void otherEncodingsAreRefused() {
        byte[] utf16 = "{\"type\":\"RECORD\",\"value\":1}".getBytes(StandardCharsets.UTF_16LE);

        assertThatThrownBy(() -> parser.parse(utf16, 0, utf16.length)).isInstanceOf(MessageException.class);
    }

    @Test
    void aRecordWithoutATopicNeedsAConfiguredOne() {
        byte[] line = "{\"type\":\"RECORD\",\"value\":1}".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> new NativeParser(null).parse(line, 0, line.length))
                .isInstanceOf(MessageException.class)
                .hasMessageContaining("topic");
    }

    private SourceRecord record(String line) throws MessageException {
        return ((ChildMessage.Records) parse(line)).records().get(0);
    }

    /** From the middle of a buffer, as lines come. */
    private ChildMessage parse(String line) throws MessageException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        byte[] buffer = new byte[bytes.length + 20];
        java.util.Arrays.fill(buffer, (byte) '{');
        System.arraycopy(bytes, 0, buffer, 13, bytes.length);
        return parser.parse(buffer, 13, 13 + bytes.length);
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
