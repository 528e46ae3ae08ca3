package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.InMemoryFileSystem;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator does about a partition that lost acknowledged records for good. */
class RepairIT {
    private static final Path ROOT = Path.of("/data");
    private static final String REPAIR = "/v1/topics/flights/partitions/0/repair";
    private static final int RECORDS = 20;

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private DoorFixture door;

    @BeforeEach
    void start() {
        door = new DoorFixture(ROOT, HttpGatewayConfig.defaults().withInstances(1), disk);
        door.createTopic("flights", 1);
        for (int i = 0; i < RECORDS; i++) {
            door.publishValues("flights", 0, i, i + 1);
        }
    }

    @AfterEach
    void stop() {
        door.close();
    }

    /** A bit flips in the middle of the log, where no journal has a copy any more. */
    private void damage() {
        door.restartAfter(() -> {
            try {
                Path log = ROOT.resolve(directory()).resolve("00000000000000000000.log");
                long eleventh = disk.size(log) / 2;
                // Behind its header, of which the checksum leaves a part out.
                disk.flipBit(log, 8 * (eleventh + 40));
                disk.delete(ROOT.resolve("thalweg-checkpoint"));
                for (String name : disk.list(ROOT.resolve("journal"))) {
                    disk.delete(ROOT.resolve("journal").resolve(name));
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    private String directory() throws IOException {
        for (String name : disk.list(ROOT)) {
            if (disk.exists(ROOT.resolve(name).resolve("00000000000000000000.log"))
                    && disk.size(ROOT.resolve(name).resolve("00000000000000000000.log")) > 0
                    && !name.startsWith("AAAAAAAAAAAAAAAAAAAAA")) {
                return name;
            }
        }
        throw new AssertionError("no log of the topic: " + disk.list(ROOT));
    }

    @Test
    void aDamagedPartitionTellsWhatItWouldGiveUpAndTakesAppendsOnceItDid() {
        damage();
        HttpResponse<String> refused = door.publish("flights", "text/plain", "more");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("damaged and read-only");

        JsonObject preview = DoorFixture.object(door.json("POST", REPAIR, "{\"truncateTo\":5}"));
        assertThat(preview.getBoolean("applied")).isFalse();
        assertThat(preview.getString("damage")).contains("unreadable from offset");
        assertThat(preview.getLong("logEndOffset")).isEqualTo(RECORDS);
        assertThat(preview.getLong("offsetsGivenUp")).isEqualTo(RECORDS - 5L);
        assertThat(door.publish("flights", "text/plain", "more").statusCode())
                .as("nothing was changed")
                .isEqualTo(503);

        JsonObject done = DoorFixture.object(door.json("POST", REPAIR + "?confirm=true", "{\"truncateTo\":5}"));
        assertThat(done.getBoolean("applied")).isTrue();
        assertThat(done.getLong("truncateTo")).isEqualTo(5);
        assertThat(done.getString("damageLeft")).isNull();
        assertThat(done.getBoolean("restartNeeded")).isFalse();
        HttpResponse<String> taken = door.publish("flights", "text/plain", "more");
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
        assertThat(taken.body()).contains("\"offset\":5");
        door.restart();
        assertThat(DoorFixture.object(door.get("/v1/topics/flights/records?partition=0&from=earliest"))
                        .getJsonArray("records"))
                .hasSize(6);
    }

    @Test
    void truncatingBehindTheDamageLeavesItAndSaysSo() {
        damage();

        JsonObject done = DoorFixture.object(
                door.json("POST", REPAIR + "?confirm=true", "{\"truncateTo\":" + (RECORDS - 1) + "}"));

        assertThat(done.getString("damageLeft")).contains("unreadable from offset");
        assertThat(door.publish("flights", "text/plain", "more").statusCode()).isEqualTo(503);
    }

    @Test
    void aSoundPartitionAndNonsenseAreRefused() {
        HttpResponse<String> sound = door.json("POST", REPAIR + "?confirm=true", "{\"truncateTo\":5}");
        assertThat(sound.statusCode()).isEqualTo(400);
        assertThat(sound.body()).contains("is sound");
        assertThat(door.json("POST", "/v1/topics/flights/partitions/7/repair", "{\"truncateTo\":5}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(door.json("POST", "/v1/topics/flights/partitions/x/repair", "{\"truncateTo\":5}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(door.json("POST", "/v1/topics/absent/partitions/0/repair", "{\"truncateTo\":5}")
                        .statusCode())
                .isEqualTo(404);
        damage();
        for (String body : new String[] {"{}", "{\"truncateTo\":-1}", "{\"truncateTo\":5,\"force\":true}", "[]"}) {
            assertThat(door.json("POST", REPAIR, body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(door.json("POST", REPAIR, "{\"truncateTo\":" + (RECORDS + 1) + "}")
                        .body())
                .contains("OFFSET_OUT_OF_RANGE");
    }
}
