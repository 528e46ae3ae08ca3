package io.thalweg.launcher.demo;

import io.thalweg.launcher.demo.pipeline.PipelineResult;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the demo saw.
 *
 * @param pipeline null if the HTTP door is closed, which configures connectors
 * @param flights published through the doors in all
 * @param flightsMin an airport with fewer flights is left out of {@code worst}
 */
public record DemoResult(
        @Nullable PipelineResult pipeline,
        String topic,
        int partitions,
        int flights,
        int flightsMin,
        List<PublishReport> published,
        List<ReadReport> read,
        List<AirportDelay> worst) {

    public DemoResult {
        published = List.copyOf(published);
        read = List.copyOf(read);
        worst = List.copyOf(worst);
    }

    /** Throws unless every door read every flight once, in order, and the same as each other door. */
    void check() {
        String digest = read.get(0).seen().digest();
        for (ReadReport report : read) {
            FlightsSeen seen = report.seen();
            if (seen.count() != flights
                    || seen.outOfOrder() > 0
                    || !seen.digest().equals(digest)) {
                throw new DemoFailure("doors disagree: door=" + report.door() + " records=" + seen.count()
                        + " expected=" + flights + " outOfOrder=" + seen.outOfOrder() + " digest=" + seen.digest()
                        + " expectedDigest=" + digest);
            }
        }
    }

    public void print(PrintStream out) {
        if (pipeline != null) {
            pipeline.print(out);
            out.println();
        }
        line(out, "Published %,d flights to topic %s (%d partitions, keyed by origin):", flights, topic, partitions);
        line(out, "  %-16s %8s %8s %12s %9s %9s", "door", "records", "a call", "records/s", "p50 ms", "p99 ms");
        for (PublishReport report : published) {
            line(
                    out,
                    "  %-16s %,8d %8d %,12.0f %9.2f %9.2f",
                    report.door(),
                    report.records(),
                    report.recordsInRequest(),
                    report.recordsEachSecond(),
                    report.p50Millis(),
                    report.p99Millis());
        }
        line(out, "Read back in a consumer group of its own through each door (joining included):");
        line(out, "  %-16s %8s %8s %12s %9s   %s", "door", "records", "again", "records/s", "first ms", "digest");
        for (ReadReport report : read) {
            line(
                    out,
                    "  %-16s %,8d %,8d %,12.0f %9.1f   %s",
                    report.door(),
                    report.seen().count(),
                    report.seen().repeated(),
                    report.recordsEachSecond(),
                    report.firstRecordMillis(),
                    report.seen().digest());
        }
        line(out, "Every door read the same records, in order. The process had just started: its code was cold.");
        line(out, "Worst origin airports by mean delay (of those with %d flights or more):", flightsMin);
        for (AirportDelay delay : worst) {
            line(
                    out,
                    "  %-4s %6.1f min  %,6d flights  %s",
                    delay.origin(),
                    delay.meanDelayMinutes(),
                    delay.flights(),
                    delay.airport());
        }
    }

    public JsonObject toJson() {
        JsonArray publishedJson = new JsonArray();
        for (PublishReport report : published) {
            publishedJson.add(new JsonObject()
                    .put("door", report.door())
                    .put("records", report.records())
                    .put("recordsInRequest", report.recordsInRequest())
                    .put("recordsEachSecond", report.recordsEachSecond())
                    .put("p50Millis", report.p50Millis())
                    .put("p99Millis", report.p99Millis()));
        }
        JsonArray readJson = new JsonArray();
        for (ReadReport report : read) {
            readJson.add(new JsonObject()
                    .put("door", report.door())
                    .put("records", report.seen().count())
                    .put("repeated", report.seen().repeated())
                    .put("recordsEachSecond", report.recordsEachSecond())
                    .put("firstRecordMillis", report.firstRecordMillis())
                    .put("digest", report.seen().digest()));
        }
        JsonArray worstJson = new JsonArray();
        for (AirportDelay delay : worst) {
            worstJson.add(new JsonObject()
                    .put("origin", delay.origin())
                    .put("airport", delay.airport())
                    .put("flights", delay.flights())
                    .put("meanDelayMinutes", delay.meanDelayMinutes()));
        }
        return new JsonObject()
                .put("pipeline", pipeline == null ? null : pipeline.toJson())
                .put("topic", topic)
                .put("flights", flights)
                .put("published", publishedJson)
                .put("read", readJson)
                .put("worst", worstJson);
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
