package io.thalweg.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.http.egress.RequestHeaders;
import io.thalweg.connectors.http.egress.RetryAfter;
import io.thalweg.connectors.http.egress.StatusCodes;
import io.thalweg.connectors.http.send.UrlTemplate;
import io.vertx.core.json.JsonObject;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What people see of the plugins before anything runs. */
class HttpPluginsTest {

    @Test
    void everyKeyHasADescriptionAndABound() {
        List<String> names = new ArrayList<>();
        for (ConnectorPlugin plugin : ServiceLoader.load(ConnectorPlugin.class)) {
            names.add(plugin.name());
            JsonObject properties = plugin.configSchema().getJsonObject("properties");
            for (String key : properties.fieldNames()) {
                JsonObject schema = properties.getJsonObject(key);
                assertThat(schema.getString("description")).as(key).isNotBlank();
                boolean bounded = schema.containsKey("enum")
                        || schema.containsKey("maxLength")
                        || (schema.containsKey("minimum") && schema.containsKey("maximum"))
                        || schema.getString("type").equals("boolean");
                assertThat(bounded).as(key).isTrue();
            }
        }
        assertThat(names).containsExactlyInAnyOrder("http-sink", "http-source");
    }

    @Test
    void everyKeyOfTheExamplesExists() throws Exception {
        Map<String, JsonObject> schemas = new HashMap<>();
        ServiceLoader.load(ConnectorPlugin.class)
                .forEach(plugin ->
                        schemas.put(plugin.name(), plugin.configSchema().getJsonObject("properties")));
        int found = 0;
        try (DirectoryStream<Path> examples =
                Files.newDirectoryStream(Path.of("../../conf/examples/connectors"), "*.json")) {
            for (Path example : examples) {
                JsonObject config = new JsonObject(Files.readString(example));
                JsonObject schema = schemas.get(config.getString("connector.class"));
                if (schema != null) {
                    found++;
                    for (String key : config.fieldNames()) {
                        boolean common = key.matches("name|connector\\.class|topics|tasks\\.max|errors\\..*");
                        assertThat(common || schema.containsKey(key))
                                .as("%s: %s", example.getFileName(), key)
                                .isTrue();
                    }
                }
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(schemas.size());
    }

    @Test
    void aSinkSaysWhatIsWrongKeyByKeyAndShowsNoSecret() {
        assertThat(problems(
                        new HttpSinkPlugin(),
                        new JsonObject()
                                .put("url", "ftp://x/")
                                .put("headers", "Authorization: s3cret\nnonsense s3cret")
                                .put("success.codes", "ok")
                                .put("idempotency.header", "Content-Length")))
                .extracting(ConfigProblem::key)
                .containsExactly("url", "headers", "success.codes", "idempotency.header");
        assertThat(problems(
                                new HttpSinkPlugin(),
                                new JsonObject().put("url", "http://x/").put("headers", "s3cret"))
                        .toString())
                .doesNotContain("s3cret");
        assertThat(problems(
                        new HttpSinkPlugin(),
                        new JsonObject().put("url", "http://x/${key}").put("body", "array")))
                .extracting(ConfigProblem::key)
                .containsExactly("url");
        assertThat(problems(new HttpSinkPlugin(), new JsonObject().put("url", "https://x/${key}?a=${topic}")))
                .isEmpty();
    }

    @Test
    void aSourceSaysWhichKeysContradictEachOther() {
        assertThat(problems(
                        new HttpSourcePlugin(),
                        new JsonObject()
                                .put("url", "http://x/")
                                .put("key.pointer", "id")
                                .put("body", "x")
                                .put("link.next", true)
                                .put("cursor.pointer", "/next")))
                .extracting(ConfigProblem::key)
                .containsExactly("key.pointer", "link.next", "body");
    }

    @Test
    void placeholdersStandInPathAndQueryAlone() {
        for (String url : List.of("http://${topic}/", "${topic}://x/", "http://x:${partition}/", "http://${key}.x/")) {
            assertThatThrownBy(() -> UrlTemplate.parse(url, false)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> UrlTemplate.parse("http://x/${nonsense}", false))
                .hasMessageContaining("nonsense");
        assertThat(UrlTemplate.parse("http://x/${topic}/${key}", false).sample())
                .isEqualTo("http://x/0/0");
    }

    @Test
    void statusCodesAreRanges() {
        StatusCodes codes = StatusCodes.parse("200-204, 409");
        assertThat(codes.contains(204)).isTrue();
        assertThat(codes.contains(205)).isFalse();
        assertThat(codes.contains(409)).isTrue();
        for (String wrong : List.of("", "2xx", "299-200", "999", "200,")) {
            assertThatThrownBy(() -> StatusCodes.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        assertThat(RetryAfter.millis("3", 0)).isEqualTo(3_000);
        assertThat(RetryAfter.millis("Thu, 01 Jan 1970 00:00:10 GMT", 4_000)).isEqualTo(6_000);
        assertThat(RetryAfter.millis("Thu, 01 Jan 1970 00:00:10 GMT", 40_000)).isZero();
        assertThat(RetryAfter.millis("soon", 0)).isEqualTo(-1);
        assertThat(RetryAfter.millis(null, 0)).isEqualTo(-1);
    }

    @Test
    void headersCannotBeSmuggled() {
        assertThat(RequestHeaders.parse("A: 1\n\nB:2\n").get("b")).isEqualTo("2");
        for (String wrong :
                List.of("A", "A B: 1", "Host: x", "Transfer-Encoding: chunked", "A: b\rC: d", "A: \u0000")) {
            assertThatThrownBy(() -> RequestHeaders.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static List<ConfigProblem> problems(ConnectorPlugin plugin, JsonObject given) {
        return plugin.check(TestContext.withDefaults(plugin, given), TestContext.POLICY);
    }
}
