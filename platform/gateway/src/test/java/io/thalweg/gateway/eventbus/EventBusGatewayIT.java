package io.thalweg.gateway.eventbus;

import static io.thalweg.gateway.eventbus.EventBusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract's event-bus section, over TCP and on the event bus itself. */
final class EventBusGatewayIT {

    @TempDir
    Path directory;

    private EventBusFixture node;

    @BeforeEach
    void start() throws Exception {
        node = new EventBusFixture(directory, EventBusGatewayConfig.defaults());
        node.create("a.topic", 1);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private List<ReceivedRecord> read(String topic, int count) throws Exception {
        Promise<List<ReceivedRecord>> done = Promise.promise();
        List<ReceivedRecord> records = new CopyOnWriteArrayList<>();
        node.vertx.getOrCreateContext().runOnContext(turn -> {
            Consumer consumer = node.client.consumer(ConsumerConfig.alone());
            consumer.handler(record -> {
                records.add(record);
                if (records.size() == count) {
                    consumer.close().onComplete(closed -> done.tryComplete(records));
                }
            });
            consumer.assign(Set.of(new TopicPartition(topic, 0))).onFailure(done::tryFail);
        });
        return await(done.future());
    }

    @Test
    void whatIsPublishedHereReadsTheSameElsewhereAndBack() throws Exception {
        try (TcpBridgeClient tcp = node.connect()) {
            JsonObject one = tcp.body(
                    "produce.a.topic",
                    new JsonObject()
                            .put("key", "k")
                            .put("value", new JsonObject().put("n", 1))
                            .put("timestamp", 1_700_000_000_000L)
                            .put(
                                    "headers",
                                    new JsonArray()
                                            .add(new JsonObject()
                                                    .put("key", "h")
                                                    .put("value", "v"))));
            assertThat(one).isEqualTo(new JsonObject("{\"partition\":0,\"offset\":0,\"timestamp\":1700000000000}"));
            JsonObject many = tcp.body(
                    "produce.a.topic",
                    new JsonObject("{\"records\":[{\"value\":\"text\"},{\"key\":\"t\",\"value\":null},"
                            + "{\"value\":\"AP/+\",\"valueType\":\"base64\"}]}"));
            assertThat(many.getJsonArray("offsets")).hasSize(3);
            List<ReceivedRecord> stored = read("a.topic", 4);
            assertThat(stored.get(0).key()).isEqualTo("k".getBytes(StandardCharsets.UTF_8));
            assertThat(stored.get(0).value()).isEqualTo("{\"n\":1}".getBytes(StandardCharsets.UTF_8));
            assertThat(stored.get(0).timestampMillis()).isEqualTo(1_700_000_000_000L);
            assertThat(stored.get(0).headers().get(0).key()).isEqualTo("h");
            assertThat(stored.get(0).headers().get(0).value()).isEqualTo("v".getBytes(StandardCharsets.UTF_8));
            assertThat(stored.get(1).value()).isEqualTo("text".getBytes(StandardCharsets.UTF_8));
            assertThat(stored.get(2).value()).isNull();
            assertThat(stored.get(3).value()).isEqualTo(new byte[] {0, -1, -2});

            JsonArray fetched = tcp.body(
                            "fetch.a.topic",
                            new JsonObject().put("partition", 0).put("from", "earliest"))
                    .getJsonArray("records");
            assertThat(fetched).hasSize(4);
            assertThat(fetched.getJsonObject(0).getJsonObject("value")).isEqualTo(new JsonObject().put("n", 1));
            assertThat(fetched.getJsonObject(1).getString("value")).isEqualTo("text");
            assertThat(fetched.getJsonObject(2).getString("valueType")).isEqualTo("null");
            assertThat(fetched.getJsonObject(3).getString("value")).isEqualTo("AP/+");

            await(node.client
                    .producer(ProducerConfig.defaults())
                    .send(new OutgoingRecord(
                            "a.topic", 0, null, new byte[] {(byte) 0xff}, List.of(new RecordHeader("h", null)), 42)));
            JsonObject last = tcp.body(
                            "fetch.a.topic",
                            new JsonObject().put("partition", 0).put("from", 4))
                    .getJsonArray("records")
                    .getJsonObject(0);
            assertThat(last.getString("value")).isEqualTo("/w==");
            assertThat(last.getString("valueType")).isEqualTo("base64");
            assertThat(last.getLong("timestamp")).isEqualTo(42);
            assertThat(last.getLong("offset")).isEqualTo(4);
        }
    }

    @Test
    void nobodyWritesToATopicThatThePlatformKeepsForItself() throws Exception {
        for (String topic : List.of("__consumer_offsets", "__connect_configs")) {
            EventBusFixture.await(node.broker.api().topics().createInternal(NewTopic.named(topic, 1)));
            try (TcpBridgeClient tcp = node.connect()) {
                JsonObject refused = tcp.request("produce." + topic, new JsonObject().put("value", 1));
                assertThat(refused.getInteger("failureCode"))
                        .as(topic)
                        .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
            }
        }
    }

    @Test
    void failuresCarryKafkasCodeAndNameTheAddress() throws Exception {
        try (TcpBridgeClient tcp = node.connect()) {
            JsonObject unknown = tcp.request("fetch.absent", new JsonObject());
            assertThat(unknown.getString("type")).isEqualTo("err");
            assertThat(unknown.getInteger("failureCode")).isEqualTo(3);
            JsonObject invalid = tcp.request("produce.a.topic", new JsonObject().put("valu", 1));
            assertThat(invalid.getInteger("failureCode")).isEqualTo(ErrorCode.INVALID_RECORD.code());
            assertThat(tcp.request("produce.bad/name", new JsonObject().put("value", 1))
                            .getString("type"))
                    .isEqualTo("err");
            assertThat(tcp.request("produce.__consumer_offsets", new JsonObject().put("value", 1))
                            .getString("type"))
                    .isEqualTo("err");
            for (String address : List.of(
                    "secret",
                    "",
                    "io.thalweg.internal",
                    "produce",
                    "admin.topics.",
                    "admin.users.list",
                    "credit.x",
                    "unsubscribe.1",
                    "commit.",
                    "sub.1",
                    "admin.topics.drop")) {
                JsonObject denied = tcp.request(address, new JsonObject());
                assertThat(denied.getString("type")).as(address).isEqualTo("err");
                assertThat(denied.getInteger("failureCode")).as(address).isEqualTo(31);
                assertThat(denied.getString("sourceAddress")).isEqualTo(address);
                assertThat(denied.getString("message")).contains("access denied");
            }
            tcp.send(new JsonObject()
                    .put("type", "publish")
                    .put("address", "secret")
                    .put("body", 1));
            assertThat(tcp.read().getString("address")).isEqualTo("secret");
            tcp.send(new JsonObject().put("type", "register").put("address", "sub.other"));
            assertThat(tcp.read().getInteger("failureCode")).isEqualTo(31);
            tcp.send(new JsonObject().put("type", "ping"));
            assertThat(tcp.read().getString("type")).isEqualTo("pong");
        }
    }

    @Test
    void aSubscriptionSendsOneRecordForEachCredit() throws Exception {
        try (TcpBridgeClient tcp = node.connect()) {
            for (int i = 0; i < 10; i++) {
                tcp.body("produce.a.topic", new JsonObject().put("value", "v" + i));
            }
            JsonObject subscribed = tcp.body(
                    "subscribe.a.topic",
                    new JsonObject().put("from", "earliest").put("credits", 3));
            String address = subscribed.getString("address");
            String id = subscribed.getString("id");
            assertThat(address).isEqualTo("sub." + id);
            tcp.send(new JsonObject().put("type", "register").put("address", address));
            for (int i = 0; i < 3; i++) {
                JsonObject frame = tcp.read();
                assertThat(frame.getString("type")).isEqualTo("message");
                assertThat(frame.getString("address")).isEqualTo(address);
                assertThat(frame.getJsonObject("body").getLong("offset")).isEqualTo(i);
                assertThat(frame.getJsonObject("body").getString("value")).isEqualTo("v" + i);
            }
            tcp.send(new JsonObject().put("type", "ping")); // and nothing before the answer to it
            assertThat(tcp.read().getString("type")).isEqualTo("pong");
            String reply = tcp.post("credit." + id, new JsonObject().put("credits", 7));
            assertThat(tcp.read().getString("address")).isEqualTo(reply);
            for (int i = 3; i < 10; i++) {
                assertThat(tcp.read().getJsonObject("body").getString("value")).isEqualTo("v" + i);
            }
            tcp.body("unsubscribe." + id, null);
            assertThat(tcp.request("credit." + id, 1).getInteger("failureCode")).isEqualTo(31);
        }
        try (TcpBridgeClient tcp = node.connect(); // a client that does not register is served as well
                TcpBridgeClient other = node.connect()) {
            JsonObject subscribed = tcp.body(
                    "subscribe.a.topic", new JsonObject().put("from", 8).put("partition", 0));
            assertThat(tcp.read().getJsonObject("body").getString("value")).isEqualTo("v8");
            String id = subscribed.getString("id");
            assertThat(other.request("credit." + id, 5).getInteger("failureCode"))
                    .isEqualTo(31);
        }
    }

    @Test
    void groupsShareTheirCommitsAndDisconnectedMembersLeave() throws Exception {
        JsonObject group = new JsonObject().put("group", "g").put("credits", 5);
        try (TcpBridgeClient tcp = node.connect()) {
            for (int i = 0; i < 10; i++) {
                tcp.body("produce.a.topic", new JsonObject().put("value", "v" + i));
            }
            JsonObject subscribed = tcp.body("subscribe.a.topic", group);
            tcp.send(new JsonObject().put("type", "register").put("address", subscribed.getString("address")));
            for (int i = 0; i < 5; i++) {
                assertThat(tcp.read().getJsonObject("body").getString("value")).isEqualTo("v" + i);
            }
            tcp.body("commit." + subscribed.getString("id"), null);
        }
        try (TcpBridgeClient tcp = node.connect()) {
            JsonObject subscribed = tcp.body("subscribe.a.topic", group);
            tcp.send(new JsonObject().put("type", "register").put("address", subscribed.getString("address")));
            for (int i = 5; i < 10; i++) {
                assertThat(tcp.read().getJsonObject("body").getString("value")).isEqualTo("v" + i);
            }
            JsonObject described = tcp.body("admin.groups.describe", new JsonObject().put("group", "g"));
            assertThat(described.getJsonArray("members")).hasSize(1);
        }
    }

    @Test
    void topicsAreAdministeredAsOverHttp() throws Exception {
        try (TcpBridgeClient tcp = node.connect()) {
            JsonObject created = tcp.body(
                    "admin.topics.create",
                    new JsonObject("{\"name\":\"made\",\"partitions\":3,\"configs\":{\"retention.ms\":\"1000\"}}"));
            assertThat(created.getInteger("partitionCount")).isEqualTo(3);
            assertThat(tcp.body("admin.topics.list", null).getJsonArray("topics"))
                    .hasSize(2);
            tcp.body("admin.topics.alter", new JsonObject().put("topic", "made").put("partitions", 4));
            assertThat(tcp.body("admin.topics.describe", new JsonObject().put("topic", "made"))
                            .getJsonArray("partitions"))
                    .hasSize(4);
            tcp.body("admin.topics.delete", new JsonObject().put("topic", "made"));
            assertThat(tcp.request("admin.topics.describe", new JsonObject().put("topic", "made"))
                            .getInteger("failureCode"))
                    .isEqualTo(3);
            assertThat(tcp.request("admin.topics.create", new JsonObject().put("name", "a.topic"))
                            .getInteger("failureCode"))
                    .isEqualTo(36);
        }
    }

    @Test
    void verticlesReachTheSameAddressesOnTheEventBus() throws Exception {
        var bus = node.vertx.eventBus();
        Promise<Void> known = Promise.promise();
        node.vertx.setPeriodic(
                20,
                timer -> bus.<JsonObject>request("produce.a.topic", new JsonObject().put("value", "first"))
                        .onSuccess(reply -> {
                            node.vertx.cancelTimer(timer);
                            known.tryComplete();
                        }));
        await(known.future());
        assertThat(await(bus.<JsonObject>request("fetch.a.topic", new JsonObject().put("from", "earliest")))
                        .body()
                        .getJsonArray("records"))
                .isNotEmpty();

        List<JsonObject> received = new CopyOnWriteArrayList<>();
        Promise<Void> three = Promise.promise();
        bus.<JsonObject>consumer("my.records", message -> {
            received.add(message.body());
            if (received.size() == 3) {
                three.tryComplete();
            }
        });
        JsonObject subscribed = await(bus.<JsonObject>request(
                        "subscribe.a.topic",
                        new JsonObject().put("from", "latest").put("credits", 2).put("address", "my.records")))
                .body();
        for (int i = 0; i < 3; i++) {
            await(bus.request("produce.a.topic", new JsonObject().put("value", "n" + i)));
        }
        await(bus.request("credit." + subscribed.getString("id"), new JsonObject().put("credits", 1)));
        await(three.future());
        assertThat(received).extracting(record -> record.getString("value")).containsExactly("n0", "n1", "n2");
        await(bus.request("unsubscribe." + subscribed.getString("id"), null));
        Future<?> gone = bus.request("credit." + subscribed.getString("id"), 1);
        await(gone.otherwiseEmpty());
        assertThat(gone.failed()).isTrue();

        Future<?> unknown = bus.request(
                "fetch", new JsonObject(), new io.vertx.core.eventbus.DeliveryOptions().addHeader("topic", "absent"));
        await(unknown.otherwiseEmpty());
        assertThat(((ReplyException) unknown.cause()).failureCode()).isEqualTo(3);
    }

    @Test
    void manyRequestsOfManyClientsAreAllAnswered() throws Exception {
        List<TcpBridgeClient> clients = new ArrayList<>();
        for (int c = 0; c < 8; c++) {
            clients.add(node.connect());
        }
        Set<Long> offsets = new HashSet<>();
        for (TcpBridgeClient client : clients) {
            for (int i = 0; i < 600; i++) { // more than may be in flight
                client.post("produce.a.topic", new JsonObject().put("value", i));
            }
        }
        for (TcpBridgeClient client : clients) {
            long before = -1;
            for (int i = 0; i < 600; i++) {
                JsonObject answer = client.read();
                assertThat(answer.getString("address")).isEqualTo("reply-" + (i + 1));
                long offset = answer.getJsonObject("body").getLong("offset");
                assertThat(offset).isGreaterThan(before);
                before = offset;
                offsets.add(offset);
            }
            client.close();
        }
        assertThat(offsets).hasSize(8 * 600);
    }
}
