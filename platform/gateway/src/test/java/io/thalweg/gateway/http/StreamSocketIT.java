package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The WebSocket: publish with acknowledgements, subscribe with credits, groups and commits. */
class StreamSocketIT {
    @TempDir
    Path directory;

    private DoorFixture door;

    @BeforeEach
    void start() {
        door = new DoorFixture(directory);
        door.createTopic("flights", 2);
    }

    @AfterEach
    void stop() {
        door.close();
    }

    @Test
    void publishesAreAnsweredWithTheClientsIdAndReadThroughEveryDoor() {
        try (SocketClient client = SocketClient.open(door)) {
            client.send(publish("a1", "flights", "one", 0));
            client.send(publish("a2", "flights", "two", 0));

            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                JsonObject published = client.next("published");
                ids.add(published.getString("id"));
                assertThat(published.getInteger("failed")).isZero();
                assertThat(published.getJsonArray("offsets").getJsonObject(0).getInteger("partition"))
                        .isZero();
            }
            assertThat(ids).containsExactlyInAnyOrder("a1", "a2");
        }
        assertThat(door.get("/v1/topics/flights/records?partition=0").body()).contains("\"one\"", "\"two\"");
    }

    @Test
    void creditsBoundWhatIsSent() {
        door.publishValues("flights", 0, 0, 500);
        try (SocketClient client = SocketClient.open(door)) {
            client.send(subscribe("s", "flights").put("from", "earliest").put("credits", 7));
            client.next("subscribed");
            assertThat(values(client.records(7))).startsWith("v0").endsWith("v6");
            // Whatever else would have been sent comes before the answer to a later message.
            client.send(publish("fence", "flights", "x", 1));
            assertThat(client.next().getString("op")).isEqualTo("published");

            client.send(new JsonObject().put("op", "credit").put("id", "s").put("credits", 5));
            assertThat(values(client.records(5))).startsWith("v7").endsWith("v11");
            client.send(new JsonObject().put("op", "credit").put("id", "s").put("credits", 489));
            JsonArray rest = client.records(489);
            assertThat(rest).hasSize(489);
            assertThat(client.waiting()).isZero();
        }
    }

    @Test
    void subscriptionGoesOnAtGivenPositions() {
        door.publishValues("flights", 0, 0, 10);
        try (SocketClient client = SocketClient.open(door)) {
            client.send(subscribe("s", "flights")
                    .put("from", "latest")
                    .put("positions", new JsonArray().add(position("flights", 0, 8)))
                    .put("credits", 100));
            client.next("subscribed");

            assertThat(values(client.records(2))).containsExactly("v8", "v9");
            client.send(new JsonObject().put("op", "unsubscribe").put("id", "s"));
            client.next("unsubscribed");
            client.send(new JsonObject().put("op", "credit").put("id", "s").put("credits", 1));
            assertThat(client.next("error").getJsonObject("problem").getString("detail"))
                    .contains("no subscription");
        }
        awaitNoStreams();
    }

    @Test
    void groupGoesOnFromWhatTheClientCommitted() {
        door.publishValues("flights", 0, 0, 10);
        try (SocketClient client = SocketClient.open(door)) {
            client.send(subscribe("s", "flights").put("group", "g").put("credits", 6));
            client.next("subscribed");
            assertThat(values(client.records(6))).endsWith("v5");
            client.send(new JsonObject()
                    .put("op", "commit")
                    .put("id", "s")
                    .put("offsets", new JsonArray().add(position("flights", 0, 4))));
            assertThat(client.next("committed").getString("id")).isEqualTo("s");
        }
        try (SocketClient client = SocketClient.open(door)) {
            client.send(subscribe("s", "flights").put("group", "g").put("credits", 100));
            client.next("subscribed");
            assertThat(values(client.records(6))).startsWith("v4");
        }
    }

    @Test
    void manyTopicsAndSubscriptionsShareASocket() {
        door.createTopic("airports", 1);
        door.publishValues("flights", 0, 0, 3);
        door.publishValues("airports", 0, 3, 6);
        try (SocketClient client = SocketClient.open(door)) {
            client.send(subscribe("both", "flights", "airports")
                    .put("from", "earliest")
                    .put("credits", 100));
            client.send(subscribe("one", "airports").put("from", "earliest").put("credits", 100));
            int records = 0;
            Set<String> subscribed = new HashSet<>();
            while (records < 9) {
                JsonObject message = client.next();
                if (message.getString("op").equals("subscribed")) {
                    subscribed.add(message.getString("id"));
                } else {
                    assertThat(subscribed).contains(message.getString("id"));
                    records += message.getJsonArray("records").size();
                }
            }
            assertThat(records).isEqualTo(9);
        }
    }

    @Test
    void whatMakesNoSenseIsAnsweredAndTheSocketStays() {
        try (SocketClient client = SocketClient.open(door)) {
            for (String text : List.of(
                    "not json",
                    "[]",
                    "{}",
                    "{\"op\":\"fly\"}",
                    "{\"op\":\"publish\",\"id\":\"x\"}",
                    "{\"op\":\"publish\",\"topic\":\"../x\",\"records\":[{\"value\":1}]}",
                    "{\"op\":\"publish\",\"topic\":\"__consumer_offsets\",\"records\":[{\"value\":1}]}",
                    "{\"op\":\"publish\",\"topic\":\"flights\",\"records\":[]}",
                    "{\"op\":\"publish\",\"topic\":\"flights\",\"records\":[{}]}",
                    "{\"op\":\"subscribe\",\"id\":\"s\",\"topics\":[\"absent\"]}",
                    "{\"op\":\"subscribe\",\"topics\":[\"flights\"]}",
                    "{\"op\":\"subscribe\",\"id\":\"s\",\"topics\":[\"flights\"],\"credits\":-1}",
                    "{\"op\":\"subscribe\",\"id\":\"s\",\"topics\":[\"flights\"],\"from\":\"yesterday\"}",
                    "{\"op\":\"subscribe\",\"id\":\"s\",\"topics\":[\"flights\"],\"positions\":[{\"topic\":\"flights\",\"partition\":9,\"offset\":0}]}",
                    "{\"op\":\"credit\",\"id\":\"none\",\"credits\":1}",
                    "{\"op\":\"commit\",\"id\":\"none\",\"offsets\":[]}",
                    "{\"op\":\"publish\",\"topic\":\"flights\",\"records\":" + "[".repeat(100_000) + "}")) {
                client.sendText(text);
                assertThat(client.next().getString("op"))
                        .as(text.substring(0, Math.min(80, text.length())))
                        .isEqualTo("error");
            }
            client.send(publish("still", "flights", "here", 0));
            client.next("published");
        }
        awaitNoStreams();
    }

    @Test
    void positionBeyondTheEndEndsTheSubscriptionWithItsReason() {
        try (SocketClient client = SocketClient.open(door)) {
            client.send(subscribe("s", "flights")
                    .put("positions", new JsonArray().add(position("flights", 0, 1_000)))
                    .put("credits", 100));
            client.next("subscribed");
            assertThat(client.next("error").getJsonObject("problem").getString("errorCode"))
                    .isEqualTo("OFFSET_OUT_OF_RANGE");
            client.next("unsubscribed");
        }
    }

    @Test
    void stoppingTheNodeClosesTheSocketAsGoingAway() throws Exception {
        try (SocketClient client = SocketClient.open(door)) {
            java.util.concurrent.CountDownLatch closed = new java.util.concurrent.CountDownLatch(1);
            client.socket().closeHandler(gone -> closed.countDown());
            DoorFixture.await(door.gateway().close());

            assertThat(closed.await(120, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
            assertThat(client.socket().closeStatusCode()).isEqualTo((short) 1001);
        }
        door.restartGateway();
    }

    private void awaitNoStreams() {
        while (door.gateway().metrics().streamsOpen() > 0) {
            Thread.onSpinWait();
        }
    }

    private static JsonObject publish(String id, String topic, String value, int partition) {
        return new JsonObject()
                .put("op", "publish")
                .put("id", id)
                .put("topic", topic)
                .put(
                        "records",
                        new JsonArray().add(new JsonObject().put("value", value).put("partition", partition)));
    }

    private static JsonObject subscribe(String id, String... topics) {
        return new JsonObject().put("op", "subscribe").put("id", id).put("topics", new JsonArray(List.of(topics)));
    }

    private static JsonObject position(String topic, int partition, long offset) {
        return new JsonObject().put("topic", topic).put("partition", partition).put("offset", offset);
    }

    private static List<String> values(JsonArray records) {
        return records.stream()
                .map(record -> ((JsonObject) record).getString("value"))
                .toList();
    }
}
