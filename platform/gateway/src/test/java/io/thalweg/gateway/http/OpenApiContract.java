package io.thalweg.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The served description, as a judge of what was really answered. */
final class OpenApiContract {
    static final JsonObject DESCRIPTION = load();
    private static final Map<String, Validator> VALIDATORS = new ConcurrentHashMap<>();

    private OpenApiContract() {}

    /** {@code "GET /v1/topics/{topic}"} for each operation. */
    static Set<String> operations() {
        return operations(paths().fieldNames());
    }

    /** Those that this module serves: others are mounted by the part that {@code x-served-by} names. */
    static Set<String> operationsOfTheDoor() {
        Set<String> own = new TreeSet<>(paths().fieldNames());
        own.removeIf(path -> paths().getJsonObject(path).containsKey("x-served-by"));
        return operations(own);
    }

    private static Set<String> operations(Set<String> ofPaths) {
        Set<String> operations = new TreeSet<>();
        for (String path : ofPaths) {
            for (String method : paths().getJsonObject(path).fieldNames()) {
                if (!method.equals("parameters") && !method.startsWith("x-")) {
                    operations.add(method.toUpperCase(Locale.ROOT) + " " + path);
                }
            }
        }
        return operations;
    }

    /** Fails unless the operation describes such an answer. An answer to no operation must be a 404 or a 405. */
    static void checkAnswer(String method, String path, int status, String contentType, String body) {
        Optional<JsonObject> operation = operation(method, path);
        if (operation.isEmpty()) {
            if (status != 404 && status != 405 && status != 403 && status != 421 && status != 400) {
                throw new AssertionError(method + " " + path + " is not described but answered " + status);
            }
            return;
        }
        JsonObject response = operation.get().getJsonObject("responses").getJsonObject(Integer.toString(status));
        if (response == null) {
            throw new AssertionError(method + " " + path + " answered " + status + ", which is not described: " + body);
        }
        JsonObject content = resolved(response).getJsonObject("content");
        if (content == null) {
            if (!body.isEmpty()) {
                throw new AssertionError(method + " " + path + " answered an undescribed body: " + body);
            }
            return;
        }
        String type = contentType.split(";")[0];
        JsonObject media = content.getJsonObject(type);
        if (media == null) {
            throw new AssertionError(method + " " + path + " answered " + status + " with undescribed type " + type);
        }
        if (type.endsWith("json")) {
            check(
                    media.getJsonObject("schema"),
                    Json.decodeValue(body),
                    method + " " + path + " " + status + " " + body);
        }
    }

    /** Whether the description allows this JSON request body. */
    static boolean allowsRequest(String method, String path, String contentType, String body) {
        JsonObject operation = operation(method, path).orElseThrow();
        JsonObject media =
                operation.getJsonObject("requestBody").getJsonObject("content").getJsonObject(contentType);
        return validate(media.getJsonObject("schema"), Json.decodeValue(body)).getValid();
    }

    static void check(JsonObject schema, Object value, String what) {
        OutputUnit result = validate(schema, value);
        if (!Boolean.TRUE.equals(result.getValid())) {
            throw new AssertionError(
                    "not as described: " + what + "\n" + result.toJson().encodePrettily());
        }
    }

    private static OutputUnit validate(JsonObject schema, Object value) {
        return VALIDATORS
                .computeIfAbsent(
                        schema.encode(),
                        text -> Validator.create(
                                // A copy: the validator leaves its marks in what it is given.
                                JsonSchema.of(new JsonObject(text)
                                        .put(
                                                "components",
                                                DESCRIPTION
                                                        .getJsonObject("components")
                                                        .copy())),
                                new JsonSchemaOptions()
                                        .setBaseUri("app://thalweg")
                                        .setDraft(Draft.DRAFT202012)
                                        .setOutputFormat(OutputFormat.Basic)))
                .validate(value);
    }

    static JsonObject schema(String name) {
        return new JsonObject().put("$ref", "#/components/schemas/" + name);
    }

    private static Optional<JsonObject> operation(String method, String path) {
        String plain = path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
        return paths().fieldNames().stream()
                .filter(template -> plain.matches(template.replace(".", "\\.").replaceAll("\\{[a-z]+\\}", "[^/]+")))
                .map(template -> paths().getJsonObject(template).getJsonObject(method.toLowerCase(Locale.ROOT)))
                .filter(operation -> operation != null)
                .findFirst();
    }

    private static JsonObject resolved(JsonObject response) {
        String ref = response.getString("$ref");
        if (ref == null) {
            return response;
        }
        return DESCRIPTION
                .getJsonObject("components")
                .getJsonObject("responses")
                .getJsonObject(ref.substring(ref.lastIndexOf('/') + 1));
    }

    private static JsonObject paths() {
        return DESCRIPTION.getJsonObject("paths");
    }

    private static JsonObject load() {
        try (InputStream in = HttpGateway.class.getResourceAsStream("openapi.json")) {
            return new JsonObject(Buffer.buffer(in.readAllBytes()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
