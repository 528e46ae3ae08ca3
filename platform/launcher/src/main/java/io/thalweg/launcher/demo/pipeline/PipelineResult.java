package io.thalweg.launcher.demo.pipeline;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the pipeline did.
 *
 * @param airportHours rows in the sink's files, one for each airport and hour
 * @param flightsCounted in all rows together
 * @param seconds from the first flight's source until the sink had written the last row
 * @param worst rows with the greatest mean delay, worst first
 */
public record PipelineResult(
        int airports,
        int flights,
        int airportHours,
        int flightsCounted,
        double seconds,
        Path output,
        List<JsonObject> worst) {

    public PipelineResult {
        worst = List.copyOf(worst);
    }

    public void print(PrintStream out) {
        line(out, "Pipeline: files -> connectors -> topics flights, airports -> stream %s", AirportDelays.NAME);
        line(out, "          -> topic airport-delays -> connector -> files in %s", output);
        line(
                out,
                "  %,d airports, %,d flights in; %,d airport-hours out (%,d flights counted) in %.1f s",
                airports,
                flights,
                airportHours,
                flightsCounted,
                seconds);
        line(out, "  Worst hours by mean delay:");
        for (JsonObject row : worst) {
            line(
                    out,
                    "  %-4s %s  mean %6.1f min  p95 %4d min  %d flights  %s",
                    row.getString("origin"),
                    row.getString("hour"),
                    row.getDouble("meanDelayMinutes"),
                    row.getInteger("p95DelayMinutes"),
                    row.getInteger("flights"),
                    row.getString("airport", ""));
        }
    }

    public JsonObject toJson() {
        return new JsonObject()
                .put("airports", airports)
                .put("flights", flights)
                .put("airportHours", airportHours)
                .put("flightsCounted", flightsCounted)
                .put("seconds", seconds)
                .put("output", output.toString())
                .put("worst", new JsonArray(worst));
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
