package io.thalweg.launcher.demo;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What conf/demo holds, read from the class path.
 *
 * @param flights in the order of the file, by date
 * @param airports name by IATA code
 */
record DemoData(List<Flight> flights, Map<String, String> airports) {

    private static final String FOLDER = "/io/thalweg/conf/demo/";

    DemoData {
        flights = List.copyOf(flights);
        airports = Map.copyOf(airports);
    }

    static DemoData load() {
        JsonArray array = new JsonArray(text("flights-20k.json"));
        List<Flight> flights = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            flights.add(Flight.from(array.getJsonObject(i)));
        }
        Map<String, String> airports = new HashMap<>();
        text("airports.csv").lines().skip(1).forEach(line -> {
            List<String> cells = cells(line);
            airports.put(cells.get(0), cells.get(1) + ", " + cells.get(2) + " " + cells.get(3));
        });
        return new DemoData(flights, airports);
    }

    /** One line of comma-separated values, where a cell in quotes may hold commas (RFC 4180). */
    static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    private static String text(String name) {
        try (InputStream in = DemoData.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: resource=" + FOLDER + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
