package io.thalweg.connectors.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.runtime.CollectingSink;
import io.thalweg.connectors.runtime.RestNode;
import io.thalweg.connectors.runtime.RestNode.Answer;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Connect's interface over real HTTP: statuses, bodies, what is refused. */
@Timeout(120)
final class ConnectRestIT {

    @TempDir
    Path directory;

    private RestNode node;

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private static JsonObject counting() {
        return new JsonObject()
                .put("connector.class", "counting")
                .put("topic", "numbers")
                .put("count", "50")
                .put("offset.flush.interval.ms", "20");
    }

    private Answer create(String name, JsonObject config) throws Exception {
        return node.send(
                "POST",
                "/connect/connectors",
                new JsonObject().put("name", name).put("config", config));
    }

    private String taskState(String name) throws Exception {
        JsonArray tasks = node.send("GET", "/connect/connectors/" + name + "/status", null)
                .json()
                .getJsonArray("tasks");
        return tasks.isEmpty() ? "none" : tasks.getJsonObject(0).getString("state");
    }

    private void untilTask(String name, String state) throws Exception {
        node.follow(StatusStore.TOPIC).until(statuses -> taskState(name).equals(state));
    }

    @Test
    void aConnectorLivesAndDiesAsInKafkaConnect() throws Exception {
        node = new RestNode(directory, true);
        Answer created = create("a b", counting());
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        assertThat(created.json().getString("type")).isEqualTo("source");
        assertThat(create("a b", counting()).status()).isEqualTo(409);
        String path = "/connect/connectors/a%20b";
        assertThat(node.send("GET", "/connect/connectors", null).body()).isEqualTo("[\"a b\"]");
        untilTask("a%20b", "RUNNING");
        assertThat(node.send("GET", path + "/tasks/0/status", null).json().getString("state"))
                .isEqualTo("RUNNING");
        JsonObject expanded = node.send("GET", "/connect/connectors?expand=status&expand=info", null)
                .json()
                .getJsonObject("a b");
        assertThat(expanded.fieldNames()).containsExactlyInAnyOrder("status", "info");

        node.follow(OffsetStore.TOPIC)
                .until(positions -> !node.send("GET", path + "/offsets", null)
                        .json()
                        .getJsonArray("offsets")
                        .isEmpty());
        assertThat(node.send("GET", path + "/topics", null).body()).isEqualTo("{\"a b\":{\"topics\":[\"numbers\"]}}");
        assertThat(node.send("DELETE", path + "/offsets", null).status()).isEqualTo(400);
        assertThat(node.send("PUT", path + "/pause", null).status()).isEqualTo(202);
        untilTask("a%20b", "PAUSED");
        assertThat(node.send("PUT", path + "/resume", null).status()).isEqualTo(202);
        assertThat(node.send("PUT", path + "/stop", null).status()).isEqualTo(204);
        Answer altered = node.send(
                "PATCH",
                path + "/offsets",
                new JsonObject()
                        .put(
                                "offsets",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("partition", new JsonObject().put("counter", "main"))
                                                .put("offset", new JsonObject().put("next", 7)))));
        assertThat(altered.status()).as(altered.body()).isEqualTo(200);
        assertThat(node.send("GET", path + "/offsets", null).body()).contains("{\"next\":7}");
        assertThat(node.send("DELETE", path + "/offsets", null).status()).isEqualTo(200);
        assertThat(node.send("GET", path + "/offsets", null).body()).isEqualTo("{\"offsets\":[]}");
        assertThat(node.send("PUT", path + "/resume", null).status()).isEqualTo(202);
        untilTask("a%20b", "RUNNING");
        assertThat(node.send("POST", path + "/restart?includeTasks=true", null).status())
                .isEqualTo(202);
        assertThat(node.send("POST", path + "/restart", null).status()).isEqualTo(204);
        assertThat(node.send("DELETE", path, null).status()).isEqualTo(204);
        assertThat(node.send("GET", path, null).status()).isEqualTo(404);
    }

    @Test
    void whatRanBeforeTheDoorOpenedIsNamedByThePortThatWasBound() throws Exception {
        node = new RestNode(directory, true);
        create("early", counting());
        untilTask("early", "RUNNING");
        node.close();
        node = new RestNode(directory, true);
        untilTask("early", "RUNNING");
        JsonObject status =
                node.send("GET", "/connect/connectors/early/status", null).json();
        assertThat(status.getJsonObject("connector").getString("worker_id")).isEqualTo(node.address());
        assertThat(status.getJsonArray("tasks").getJsonObject(0).getString("worker_id"))
                .isEqualTo(node.address());
    }

    @Test
    void configurationsAreReplacedPatchedAndKeepTheirSecrets() throws Exception {
        node = new RestNode(directory, true);
        create("c", counting().put("password", "canary"));
        Answer config = node.send("GET", "/connect/connectors/c/config", null);
        assertThat(config.json().getString("password")).isEqualTo("[hidden]");
        assertThat(node.send(
                                "PUT",
                                "/connect/connectors/c/config",
                                config.json().put("count", "60"))
                        .status())
                .isEqualTo(200);
        assertThat(node.send("PATCH", "/connect/connectors/c/config", new JsonObject().put("count", "70"))
                        .status())
                .isEqualTo(200);
        assertThat(node.stored("c").getString("password")).isEqualTo("canary");
        assertThat(node.stored("c").getString("count")).isEqualTo("70");
        for (String path : new String[] {"", "/config", "/tasks", "/status"}) {
            assertThat(node.send("GET", "/connect/connectors/c" + path, null).body())
                    .doesNotContain("canary");
        }
    }

    /** Nobody says then which of its keys are secret. */
    @Test
    void secretsStayHiddenWhenThePluginIsGone() throws Exception {
        node = new RestNode(directory, true);
        create("c", counting().put("password", "canary"));
        node.close();

        node = new RestNode(directory, true, new CollectingSink());
        JsonObject config =
                node.send("GET", "/connect/connectors/c/config", null).json();
        assertThat(config.getString("password")).isEqualTo("[hidden]");
        assertThat(config.getString("connector.class")).isEqualTo("counting");
    }

    @Test
    void whatIsWrongIsRefusedInKafkaConnectsWords() throws Exception {
        node = new RestNode(directory, true);
        Answer invalid = create("c", counting().put("count", "x"));
        assertThat(invalid.status()).isEqualTo(400);
        assertThat(invalid.json().getInteger("error_code")).isEqualTo(400);
        assertThat(invalid.json().getString("message")).contains("1 error(s)").contains("count");
        assertThat(node.send("GET", "/connect/connectors/none/status", null)
                        .json()
                        .getString("message"))
                .isEqualTo("Connector none not found");
        assertThat(node.send("GET", "/connect/nothing", null).status()).isEqualTo(404);
        assertThat(node.raw("POST", "/connect/connectors", "application/json", "{")
                        .status())
                .isEqualTo(400);
        assertThat(node.raw("POST", "/connect/connectors", "application/json", "[]")
                        .status())
                .isEqualTo(400);
        assertThat(node.raw("POST", "/connect/connectors", "text/plain", "{}").status())
                .isEqualTo(415);
        Answer large = node.raw("POST", "/connect/connectors", "application/json", " ".repeat(2 << 20));
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.json().getInteger("error_code")).isEqualTo(413);
    }

    @Test
    void pluginsAreListedDescribedAndValidate() throws Exception {
        node = new RestNode(directory, true);
        assertThat(node.send("GET", "/connect/connector-plugins", null).body())
                .contains("\"class\":\"counting\"")
                .contains("\"type\":\"sink\"");
        Answer validated = node.send(
                "PUT",
                "/connect/connector-plugins/counting/config/validate",
                counting().put("name", "x"));
        assertThat(validated.json().getInteger("error_count"))
                .as(validated.body())
                .isZero();
        assertThat(node.send("PUT", "/connect/connector-plugins/collecting/config/validate", counting())
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aNodeThatMayNotBeChangedOverRestSaysSoAndCanStillBeSteered() throws Exception {
        node = new RestNode(directory, false);
        assertThat(create("c", counting()).status()).isEqualTo(403);
        assertThat(node.send("DELETE", "/connect/connectors/c", null).status()).isEqualTo(403);
        assertThat(node.send("PUT", "/connect/connectors/c/config", counting()).status())
                .isEqualTo(403);
        node.put("c", counting());
        assertThat(node.send("PUT", "/connect/connectors/c/pause", null).status())
                .isEqualTo(202);
    }
}
