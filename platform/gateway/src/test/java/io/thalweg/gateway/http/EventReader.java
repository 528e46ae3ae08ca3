package io.thalweg.gateway.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads server-sent events as a browser's EventSource does, and remembers the last id. */
final class EventReader implements AutoCloseable {
    /** @param name "message" unless the event said another */
    record Event(String name, String id, String data) {}

    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private String lastId;

    private EventReader(HttpResponse<InputStream> response, String lastId) {
        this.response = response;
        this.lastId = lastId;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** @param lastId null at first */
    static EventReader open(DoorFixture door, String path, String lastId) {
        HttpRequest.Builder request = door.request(path).header("Accept", "text/event-stream");
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        try {
            HttpResponse<InputStream> response = door.http.send(request.build(), BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new AssertionError(response.statusCode() + " "
                        + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
            }
            return new EventReader(response, lastId);
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    String lastId() {
        return lastId;
    }

    /** The next event with data; null when the stream ended or broke. */
    Event next() {
        String name = "message";
        List<String> data = new ArrayList<>();
        String id = lastId;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    lastId = id;
                    if (!data.isEmpty()) {
                        return new Event(name, id, String.join("\n", data));
                    }
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data.add(line.substring(6));
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                }
            }
        } catch (IOException broken) {
            return null;
        }
        return null;
    }

    /** Reads until the server's greeting gave an id, so that what is published from now on is streamed. */
    void awaitStart() {
        try {
            for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException alreadyBroken) {
            // That is what was wanted.
        }
    }
}
