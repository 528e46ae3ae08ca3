package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.InMemoryFileSystem;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A disk whose flush failed: each publish hears it from one attempt, and nothing is answered as stored. */
class OfflineDiskIT {
    private static final Path DIRECTORY = Path.of("/data");

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));

    private record Form(String contentType, String body) {}

    private static final List<Form> FORMS = List.of(
            new Form("text/plain", "lost"),
            new Form("application/json", "{\"records\":[{\"value\":1},{\"value\":2}]}"),
            new Form("application/x-ndjson", "{\"value\":1}\n{\"value\":2}\n"));

    @Test
    void publishesAreRefusedWithoutASecondAttemptUntilTheNodeIsRestarted() {
        DoorFixture door =
                new DoorFixture(DIRECTORY, HttpGatewayConfig.defaults().withInstances(1), disk);
        door.createTopic("flights", 1);
        assertThat(door.publish("flights", "text/plain", "before").statusCode()).isEqualTo(200);
        disk.failNextForce();

        // Several at once meet the failing flush itself, each later one the directory that it took offline.
        List<CompletableFuture<HttpResponse<String>>> atOnce = FORMS.stream()
                .map(form ->
                        CompletableFuture.supplyAsync(() -> door.publish("flights", form.contentType(), form.body())))
                .toList();
        Stream.concat(
                        atOnce.stream().map(CompletableFuture::join),
                        FORMS.stream().map(form -> {
                            long attempts = door.broker().metrics().appendRequests();
                            HttpResponse<String> answer = door.publish("flights", form.contentType(), form.body());
                            assertThat(door.broker().metrics().appendRequests())
                                    .as("attempts for one publish")
                                    .isEqualTo(attempts + 1);
                            return answer;
                        }))
                .forEach(answer -> {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                    assertThat(answer.body()).contains("KAFKA_STORAGE_ERROR");
                });

        door.restartAfter(() -> disk.crash(1));
        assertThat(door.publish("flights", "text/plain", "after").statusCode()).isEqualTo(200);
        assertThat(door.get("/v1/topics/flights/records?partition=0&from=earliest")
                        .body())
                .contains("before", "after");
        door.close();
    }
}
