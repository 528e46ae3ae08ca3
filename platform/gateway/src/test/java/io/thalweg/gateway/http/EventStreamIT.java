package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.gateway.http.EventReader.Event;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server-sent events: nothing lost and nothing doubled, however often the stream breaks. */
class EventStreamIT {
    @TempDir
    Path directory;

    private DoorFixture door;

    @BeforeEach
    void start() {
        door = new DoorFixture(directory);
        door.createTopic("flights", 3);
    }

    @AfterEach
    void stop() {
        door.close();
    }

    @Test
    void resumeSeesEachRecordExactlyOnceOverCutsAndARestart() {
        long seed = 42;
        Random random = new Random(seed);
        int total = 600;
        List<String> seen = new ArrayList<>();
        Map<Integer, Long> lastOffset = new HashMap<>();
        String lastId = null;
        int published = 0;
        boolean restarted = false;
        while (seen.size() < total) {
            if (published < total) {
                door.publishValues("flights", published % 3, published, published + 50);
                published += 50;
            }
            try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?from=earliest", lastId)) {
                int take = 1 + random.nextInt(80);
                for (int i = 0; i < take && seen.size() < published; i++) {
                    JsonObject record = new JsonObject(reader.next().data());
                    seen.add(record.getString("value"));
                    Long before = lastOffset.put(record.getInteger("partition"), record.getLong("offset"));
                    assertThat(record.getLong("offset")).isEqualTo(before == null ? 0 : before + 1);
                }
                lastId = reader.lastId();
            }
            if (!restarted && seen.size() > total / 2) {
                door.restart();
                restarted = true;
            }
        }

        assertThat(seen).as("seed=%d", seed).doesNotHaveDuplicates().hasSize(total);
        assertThat(new TreeSet<>(seen))
                .isEqualTo(new TreeSet<>(
                        IntStream.range(0, total).mapToObj(i -> "v" + i).toList()));
    }

    @Test
    void stoppingTheNodeEndsTheStreamAndTheClientGoesOnWhereItWas() {
        door.publishValues("flights", 0, 0, 5);
        EventReader reader = EventReader.open(door, "/v1/topics/flights/events?from=earliest", null);
        for (int i = 0; i < 5; i++) {
            assertThat(reader.next().data()).contains("\"value\":\"v" + i + "\"");
        }

        door.restart();

        assertThat(reader.next()).isNull();
        door.publishValues("flights", 0, 5, 6);
        try (EventReader again = EventReader.open(door, "/v1/topics/flights/events?from=earliest", reader.lastId())) {
            assertThat(again.next().data()).contains("\"value\":\"v5\"");
        }
    }

    @Test
    void aFilterLeavesOutWhatIsNotWantedAndResumesBehindIt() {
        door.publishValues("flights", 0, 0, 50);
        String path = "/v1/topics/flights/events?from=earliest&filter=value%20%3E%3D%20%22v7%22";
        String lastId;
        try (EventReader reader = EventReader.open(door, path, null)) {
            assertThat(reader.next().data()).contains("\"value\":\"v7\"");
            assertThat(reader.next().data()).contains("\"value\":\"v8\"");
            lastId = reader.lastId();
        }
        try (EventReader again = EventReader.open(door, path, lastId)) {
            assertThat(again.next().data()).contains("\"value\":\"v9\"");
        }
    }

    @Test
    void latestBeginsWithWhatIsPublishedAfterTheGreeting() {
        door.publishValues("flights", 0, 0, 5);
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events", null)) {
            reader.awaitStart();
            String greetingId = reader.lastId();
            door.publishValues("flights", 1, 5, 6);

            assertThat(reader.next().data()).contains("\"value\":\"v5\"");
            // A client that was cut before its first event comes back with the greeting's id.
            try (EventReader again = EventReader.open(door, "/v1/topics/flights/events", greetingId)) {
                assertThat(again.next().data()).contains("\"value\":\"v5\"");
            }
        }
    }

    @Test
    void valueWithLineEndsArrivesWhole() {
        door.publish("flights", "text/plain", "{\n \"a\": 1,\r\n \"b\": \"x\\ny\"\n}");
        door.publish("flights", "text/plain", "two\nlines");
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?from=earliest", null)) {
            List<Object> values = new ArrayList<>();
            values.add(new JsonObject(reader.next().data()).getValue("value"));
            values.add(new JsonObject(reader.next().data()).getValue("value"));

            assertThat(values)
                    .containsExactlyInAnyOrder(new JsonObject().put("a", 1).put("b", "x\ny"), "two\nlines");
        }
    }

    @Test
    void whatRetentionTookIsToldAsAGap() {
        door.publishValues("flights", 0, 0, 10);
        String id;
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?from=earliest", null)) {
            reader.next();
            id = reader.lastId();
        }
        DoorFixture.await(
                door.broker().api().deleteRecords(new org.apache.kafka.common.TopicPartition("flights", 0), 6));

        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events", id)) {
            Event gap = reader.next();
            assertThat(gap.name()).isEqualTo("gap");
            assertThat(new JsonObject(gap.data()))
                    .isEqualTo(new JsonObject()
                            .put("partition", 0)
                            .put("expected", 1)
                            .put("resumedAt", 6));
            assertThat(reader.next().data()).contains("\"value\":\"v6\"");
        }
    }

    @Test
    void membersOfAGroupShareTheTopicAndGoOnFromItsCommits() {
        door.publishValues("flights", 0, 0, 10);
        List<String> seen = new ArrayList<>();
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?group=g", null)) {
            for (int i = 0; i < 10; i++) {
                seen.add(new JsonObject(reader.next().data()).getString("value"));
            }
            awaitCommit("g", 10);
        }
        door.publishValues("flights", 0, 10, 11);
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?group=g", null)) {
            seen.add(new JsonObject(reader.next().data()).getString("value"));
        }

        assertThat(seen).hasSize(11).doesNotHaveDuplicates().endsWith("v10");
    }

    private void awaitCommit(String group, long offset) {
        for (int attempt = 0; attempt < 100_000; attempt++) {
            HttpResponse<String> answer = door.get("/v1/groups/" + group);
            if (answer.body().contains("\"committedOffset\":" + offset)) {
                return;
            }
        }
        throw new AssertionError(
                "was not committed: " + door.get("/v1/groups/" + group).body());
    }

    @Test
    void cursorsThatMakeNoSenseAreRefused() {
        String other;
        door.createTopic("other", 1);
        door.publishValues("other", 0, 0, 1);
        try (EventReader reader = EventReader.open(door, "/v1/topics/other/events?from=earliest", null)) {
            reader.next();
            other = reader.lastId();
        }

        for (String id : List.of("c", "cAAAA", "c!!!!", "nonsense", "-1", other)) {
            HttpResponse<String> answer =
                    door.send(door.request("/v1/topics/flights/events").header("Last-Event-ID", id));
            assertThat(answer.statusCode()).as(id).isEqualTo(400);
        }
        assertThat(door.get("/v1/topics/flights/events?filter=x").statusCode()).isEqualTo(400);
        assertThat(door.get("/v1/topics/absent/events").statusCode()).isEqualTo(404);
    }
}
