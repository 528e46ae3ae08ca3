package io.thalweg.launcher.command;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Calls a running node's public HTTP API; blocks. A refusal becomes a {@link CommandFailure} with the node's own words. */
final class NodeClient {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The node's HTTP door (default: ${DEFAULT-VALUE}).",
            defaultValue = "http://127.0.0.1:8080")
    private String url = "http://127.0.0.1:8080";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** A path below /v1 from segments that may hold anything. */
    static String path(String... segments) {
        return below("/v1", segments);
    }

    static String below(String prefix, String... segments) {
        StringBuilder path = new StringBuilder(prefix);
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return path.toString();
    }

    static String query(Map<String, String> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonObject get(String path) {
        return object(send("GET", path, null, BodyPublishers.noBody()));
    }

    /** The array that the answer holds under this name. */
    JsonArray list(String path, String member) {
        JsonArray list = get(path).getJsonArray(member);
        if (list == null) {
            throw new CommandFailure("the node's answer has no \"" + member + "\"; is it of another version?");
        }
        return list;
    }

    JsonArray getArray(String path) {
        String body = send("GET", path, null, BodyPublishers.noBody());
        try {
            return new JsonArray(body);
        } catch (DecodeException e) {
            throw new CommandFailure("the node's answer is not a JSON array: " + e.getMessage(), e);
        }
    }

    JsonObject send(String method, String path, @Nullable JsonObject body) {
        return object(
                body == null
                        ? send(method, path, null, BodyPublishers.noBody())
                        : send(method, path, "application/json", BodyPublishers.ofString(body.encode())));
    }

    JsonObject post(String path, String contentType, BodyPublisher body) {
        return object(send("POST", path, contentType, body));
    }

    /** Opens a WebSocket; the caller ends it. */
    WebSocket socket(String path, WebSocket.Listener listener) throws InterruptedException {
        URI address = URI.create(uri(path).toString().replaceFirst("^http", "ws"));
        try {
            return http.newWebSocketBuilder()
                    .connectTimeout(Duration.ofSeconds(5))
                    .buildAsync(address, listener)
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                throw new CommandFailure(
                        "the node refused: status=" + refused.getResponse().statusCode(), e);
            }
            throw new CommandFailure("no node answers at " + url + "; is one running? (--url)", e);
        }
    }

    private String send(String method, String path, @Nullable String contentType, BodyPublisher body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).method(method, body).header("Accept", "application/json");
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        HttpResponse<String> response = exchange(request.build(), BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw refused(response.statusCode(), response.body());
        }
        return response.body();
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (ConnectException e) {
            throw new CommandFailure("no node answers at " + url + "; is one running? (--url)", e);
        } catch (IOException e) {
            throw new CommandFailure("the connection to " + url + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    private URI uri(String path) {
        try {
            return URI.create((url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + path);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("not a URL: --url " + url, e);
        }
    }

    private static JsonObject object(String body) {
        try {
            return body.isBlank() ? new JsonObject() : new JsonObject(body);
        } catch (DecodeException e) {
            throw new CommandFailure("the node's answer is not JSON: " + e.getMessage(), e);
        }
    }

    private static CommandFailure refused(int status, String body) {
        try {
            JsonObject problem = new JsonObject(body);
            if (problem.containsKey("error_code")) { // Kafka Connect's form
                return new CommandFailure(problem.getString("message", "") + " (status " + status + ")");
            }
            String code = problem.getString("errorCode", String.valueOf(status));
            String detail = problem.getString("detail", problem.getString("title", ""));
            return new CommandFailure(code + ": " + detail);
        } catch (RuntimeException notAProblem) {
            return new CommandFailure("the node refused: status=" + status);
        }
    }
}
