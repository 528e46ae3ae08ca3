package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.Seeds;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * A success is a promise: what was answered as stored is there after the power was cut at any operation of the disk, and
 * an event stream that goes on afterwards has lost nothing and doubled nothing.
 */
@Tag("heavy")
@Timeout(300)
class PowerCutFaultIT {
    private static final Path DIRECTORY = Path.of("/data");
    private static final int PARTITIONS = 2;
    private static final int CUTS = 2;

    private static final int PUBLISHES_MAX = 200;

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Set<String> acknowledged = new HashSet<>();
    private final List<String> streamed = new ArrayList<>();
    private String lastId;
    private int next;

    @Seeds(count = 6)
    void whatWasAnsweredAsStoredSurvivesAndIsStreamedOnce(long seed) {
        Random random = new Random(seed);
        DoorFixture door =
                new DoorFixture(DIRECTORY, HttpGatewayConfig.defaults().withInstances(2), disk);
        try {
            door.createTopic("flights", PARTITIONS);
            for (int cut = 0; cut < CUTS; cut++) {
                disk.powerOffAfter(random.nextInt(150));
                for (int i = 0; i < PUBLISHES_MAX && !disk.poweredOff(); i++) {
                    publish(door, random);
                    if (random.nextInt(20) == 0) {
                        streamUntilAcknowledged(door);
                    }
                }
                disk.powerOffAfter(0);
                door.restartAfter(() -> disk.crash(random.nextLong()));
                streamUntilAcknowledged(door);
            }
        } finally {
            door.close();
        }
    }

    /** One to twenty records in one of the forms; remembers those that the answer says are stored. */
    private void publish(DoorFixture door, Random random) {
        int partition = random.nextInt(PARTITIONS);
        List<String> values = new ArrayList<>();
        int count = 1 + random.nextInt(20);
        StringBuilder lines = new StringBuilder();
        JsonArray records = new JsonArray();
        for (int i = 0; i < count; i++) {
            String value = "v" + next++;
            JsonObject record = new JsonObject().put("value", value).put("partition", partition);
            values.add(value);
            records.add(record);
            lines.append(record.encode()).append('\n');
        }
        HttpResponse<String> answer = random.nextBoolean()
                ? door.publish("flights", "application/x-ndjson", lines.toString())
                : door.publish(
                        "flights",
                        "application/json",
                        new JsonObject().put("records", records).encode());
        if (answer.statusCode() == 200 || answer.statusCode() == 207) {
            JsonArray offsets = DoorFixture.object(answer).getJsonArray("offsets");
            for (int i = 0; i < count; i++) {
                if (offsets.getJsonObject(i).containsKey("offset")) {
                    acknowledged.add(values.get(i));
                }
            }
        } else {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        }
    }

    /** Goes on with the stream until it has brought all that was acknowledged. */
    private void streamUntilAcknowledged(DoorFixture door) {
        Set<String> missing = new HashSet<>(acknowledged);
        streamed.forEach(missing::remove);
        if (missing.isEmpty()) {
            return;
        }
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?from=earliest", lastId)) {
            while (!missing.isEmpty()) {
                String value = new JsonObject(reader.next().data()).getString("value");
                streamed.add(value);
                missing.remove(value);
                lastId = reader.lastId();
            }
        }
        assertThat(streamed).doesNotHaveDuplicates();
    }
}
