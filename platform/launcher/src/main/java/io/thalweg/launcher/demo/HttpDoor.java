package io.thalweg.launcher.demo;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** The JDK's HTTP client: NDJSON in, server-sent events out. */
final class HttpDoor implements DemoDoor {

    private static final int RECORDS_IN_REQUEST = 100;
    private static final int REQUESTS_IN_FLIGHT = 4;

    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpDoor(int port) {
        this.base = "http://127.0.0.1:" + port + "/v1/topics/";
    }

    @Override
    public String name() {
        return "HTTP";
    }

    @Override
    public PublishReport publish(String topic, List<Flight> flights) throws Exception {
        Latencies latencies = new Latencies();
        Semaphore inFlight = new Semaphore(REQUESTS_IN_FLIGHT);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        long start = System.nanoTime();
        for (int from = 0; from < flights.size(); from += RECORDS_IN_REQUEST) {
            StringBuilder lines = new StringBuilder();
            for (Flight flight : flights.subList(from, Math.min(flights.size(), from + RECORDS_IN_REQUEST))) {
                lines.append(new JsonObject()
                                .put("key", flight.origin())
                                .put("value", flight.toJson())
                                .encode())
                        .append('\n');
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + topic + "/records"))
                    .header("Content-Type", "application/x-ndjson")
                    .POST(BodyPublishers.ofString(lines.toString()))
                    .build();
            inFlight.acquire();
            long sent = System.nanoTime();
            answers.add(http.sendAsync(request, BodyHandlers.ofString()).whenComplete((answer, failure) -> {
                latencies.add(System.nanoTime() - sent);
                inFlight.release();
            }));
        }
        int published = 0;
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            HttpResponse<String> response = answer.get();
            if (response.statusCode() != 200) {
                throw new DemoFailure("HTTP publish failed: status=" + response.statusCode() + " " + response.body());
            }
            published += new JsonObject(response.body()).getJsonArray("offsets").size();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (published != flights.size()) {
            throw new DemoFailure("HTTP acknowledged " + published + " of " + flights.size());
        }
        return new PublishReport(
                name(),
                published,
                RECORDS_IN_REQUEST,
                seconds,
                latencies.percentileMillis(0.5),
                latencies.percentileMillis(0.99));
    }

    @Override
    public ReadReport read(String topic, String group, int count) throws Exception {
        ReadProgress progress = new ReadProgress(name(), count);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + topic + "/events?from=earliest&group=" + group))
                .header("Accept", "text/event-stream")
                .build();
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream stream = response.body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            if (response.statusCode() != 200) {
                throw new DemoFailure("HTTP events failed: status=" + response.statusCode() + " " + lines.readLine());
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data:") && add(progress, new JsonObject(line.substring("data:".length())))) {
                    return progress.report();
                }
            }
        }
        throw new DemoFailure("the event stream ended after " + progress.count() + " records");
    }

    /** Adds a record in the form that the HTTP and event-bus doors share. */
    static boolean add(ReadProgress progress, JsonObject record) {
        return progress.add(
                record.getInteger("partition"),
                record.getLong("offset"),
                record.getString("key"),
                Flight.from(record.getJsonObject("value")));
    }
}
