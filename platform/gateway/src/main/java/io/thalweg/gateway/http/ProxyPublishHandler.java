package io.thalweg.gateway.http;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.RecordMetadata;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordJsonParser;
import io.thalweg.gateway.json.ValueType;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /topics/{topic}}: the publish call that REST proxies of Kafka share (version 2, JSON and binary), in their
 * forms: JSON values are stored as JSON text, strings with their quotes; binary ones come as base64.
 */
final class ProxyPublishHandler {
    private static final CharSequence ANSWER = HttpHeaders.createOptimized("application/vnd.kafka.v2+json");

    private final Vertx vertx;
    private final DoorContext door;
    private final PublishHandler publisher;
    private final Producer producer;

    ProxyPublishHandler(Vertx vertx, DoorContext door, PublishHandler publisher, Producer producer) {
        this.vertx = vertx;
        this.door = door;
        this.publisher = publisher;
        this.producer = producer;
    }

    void handle(HttpServerRequest request, String name) {
        ValueType type = embeddedType(request.getHeader(HttpHeaders.CONTENT_TYPE));
        if (type == null) {
            BodyReader.discard(vertx, request);
            refuse(
                    request,
                    415,
                    "Content-Type must be application/vnd.kafka.json.v2+json or application/vnd.kafka.binary.v2+json");
            return;
        }
        request.pause();
        publisher.findOrCreate(name).onComplete(topic -> publish(request.resume(), topic.name(), type), failure -> {
            BodyReader.discard(vertx, request);
            refuse(request, failure);
        });
    }

    private static @Nullable ValueType embeddedType(@Nullable String contentType) {
        return switch (contentType == null ? "" : BodyKind.mediaType(contentType)) {
            case "application/vnd.kafka.json.v2+json" -> ValueType.JSON;
            case "application/vnd.kafka.binary.v2+json", "application/vnd.kafka.v2+json" -> ValueType.BASE64;
            default -> null;
        };
    }

    private void publish(HttpServerRequest request, String topic, ValueType type) {
        BodyReader.read(vertx, request, door.config().limits())
                .map(body -> records(topic, type, body))
                .compose(producer::send)
                .onComplete(outcomes -> answer(request, outcomes), failure -> refuse(request, failure));
    }

    private static List<OutgoingRecord> records(String topic, ValueType type, byte[] body) {
        List<OutgoingRecord> records = new RecordJsonParser(topic, type).records(body);
        if (records.isEmpty()) {
            throw HttpProblem.invalid("records is empty");
        }
        return records;
    }

    /** As the proxies do, failures stand beside what was stored; if nothing was, the status says so. */
    private void answer(HttpServerRequest request, List<SendOutcome> outcomes) {
        if (outcomes.stream().allMatch(outcome -> outcome.metadata() == null)) {
            refuse(request, PublishOutcomes.failureOf(outcomes.get(0)));
            return;
        }
        JsonWriter json = new JsonWriter();
        json.beginObject().name("offsets").beginArray();
        for (SendOutcome outcome : outcomes) {
            RecordMetadata stored = outcome.metadata();
            json.beginObject();
            if (stored == null) {
                HttpProblem problem = HttpProblem.of(PublishOutcomes.failureOf(outcome));
                // 1 is not retriable, 2 is.
                json.name("partition").nullValue().name("offset").nullValue();
                json.field("error_code", problem.retriable() ? 2 : 1).field("error", problem.getMessage());
            } else {
                door.metrics().recordsPublished.increment();
                json.field("partition", stored.partition()).field("offset", stored.offset());
                json.name("error_code").nullValue().name("error").nullValue();
            }
            json.endObject();
        }
        json.endArray()
                .name("key_schema_id")
                .nullValue()
                .name("value_schema_id")
                .nullValue();
        send(request, 200, json.endObject());
    }

    private void refuse(HttpServerRequest request, Throwable failure) {
        HttpProblem problem = HttpProblem.of(failure);
        door.answers().logDefect(request, failure, problem);
        String detail = problem.getMessage();
        refuse(request, problem.status(), detail == null ? "" : detail);
    }

    /** Their error codes are the status and two digits. */
    private void refuse(HttpServerRequest request, int status, String message) {
        int code = status == 404 ? 40401 : status * 100 + 1;
        send(
                request,
                status,
                new JsonWriter()
                        .beginObject()
                        .field("error_code", code)
                        .field("message", message)
                        .endObject());
    }

    private void send(HttpServerRequest request, int status, JsonWriter json) {
        door.answers().send(request, status, ANSWER, Buffer.buffer(json.toBytes()));
    }
}
