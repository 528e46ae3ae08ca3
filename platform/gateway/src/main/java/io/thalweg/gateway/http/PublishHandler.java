package io.thalweg.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.RecordMetadata;
import io.thalweg.gateway.http.IdempotencyStore.KeptAnswer;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordJsonParser;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/topics/{topic}/records}. Answers 200 only when every record is as durable as the node promises.
 * Confined to one event loop.
 */
final class PublishHandler {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final int IDEMPOTENCY_KEY_CHARS_MAX = 255;

    private final Vertx vertx;
    private final DoorContext door;
    private final Producer producer;
    private final Answers answers;
    private final HttpLimits limits;
    /** For one answer at a time. */
    private final JsonWriter json = new JsonWriter(256);

    PublishHandler(Vertx vertx, DoorContext door, Producer producer) {
        this.vertx = vertx;
        this.door = door;
        this.producer = producer;
        this.answers = door.answers();
        this.limits = door.config().limits();
    }

    /** @param name as the client wrote it, decoded */
    void handle(HttpServerRequest request, String name) {
        TopicView topic = door.broker().cluster().topic(name);
        if (topic != null && !topic.internal()) {
            publish(request, topic.name());
            return;
        }
        request.pause();
        findOrCreate(name).onComplete(found -> publish(request.resume(), found.name()), failure -> {
            BodyReader.discard(vertx, request);
            answers.problem(request, failure);
        });
    }

    /** The topic, created if it is absent and the node allows that. Internal topics are not for clients to write. */
    Future<TopicView> findOrCreate(String name) {
        TopicView topic = door.broker().cluster().topic(name);
        if (topic != null && topic.internal()) {
            return Future.failedFuture(new HttpProblem(
                    400,
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "topic=" + name + " is internal; only the node writes to it"));
        }
        if (topic != null) {
            return Future.succeededFuture(topic);
        }
        try {
            return door.broker().topics().getOrAutoCreate(TopicNames.checked(name));
        } catch (HttpProblem hostile) {
            return Future.failedFuture(hostile);
        }
    }

    private void publish(HttpServerRequest request, String topic) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            // What the server inflates has lost this header; the rest would be stored as it is, for nobody to read.
            BodyReader.discard(vertx, request);
            answers.problem(
                    request,
                    new HttpProblem(
                            415,
                            ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                            "Content-Encoding=" + HttpProblem.shown(encoding) + " found; gzip or deflate expected"));
            return;
        }
        BodyKind kind = BodyKind.of(request.getHeader(HttpHeaders.CONTENT_TYPE));
        String key = request.getHeader(IDEMPOTENCY_KEY);
        if (kind == BodyKind.NDJSON) {
            publishLines(request, topic, key);
            return;
        }
        BodyReader.read(vertx, request, limits)
                .onComplete(
                        body -> {
                            if (key == null && kind == BodyKind.RAW) {
                                publishOne(request, topic, body);
                            } else {
                                publishAll(request, topic, kind, body, key);
                            }
                        },
                        failure -> answers.problem(request, failure));
    }

    private void publishLines(HttpServerRequest request, String topic, @Nullable String key) {
        if (key != null) {
            BodyReader.discard(vertx, request);
            answers.problem(
                    request,
                    HttpProblem.invalid(
                            "Idempotency-Key is not supported with application/x-ndjson; send the records as "
                                    + "application/json, or make them idempotent by their keys"));
            return;
        }
        new NdjsonPublish(request, topic, producer, door).start();
    }

    private void publishOne(HttpServerRequest request, String topic, byte[] body) {
        OutgoingRecord record;
        try {
            record = rawRecord(request, topic, body);
        } catch (HttpProblem invalid) {
            answers.problem(request, invalid);
            return;
        }
        send(request, record);
    }

    private void send(HttpServerRequest request, OutgoingRecord record) {
        producer.send(record)
                .onComplete(
                        stored -> {
                            door.metrics().recordsPublished.increment();
                            json.clear().beginObject().name("offsets").beginArray();
                            PublishOutcomes.offset(json, stored);
                            json.endArray().endObject();
                            answers.json(request, 200, json);
                        },
                        failure -> answers.problem(request, failure));
    }

    private void publishAll(HttpServerRequest request, String topic, BodyKind kind, byte[] body, @Nullable String key) {
        List<OutgoingRecord> records;
        try {
            records = kind == BodyKind.RAW
                    ? List.of(rawRecord(request, topic, body))
                    : new RecordJsonParser(topic).records(body);
            if (records.isEmpty()) {
                throw HttpProblem.invalid("records is empty");
            }
        } catch (RuntimeException invalid) {
            answers.problem(request, invalid);
            return;
        }
        if (key == null && records.size() == 1) {
            send(request, records.get(0));
            return;
        }
        if (key == null) {
            send(records).onComplete(answer -> answer(request, answer), failure -> answers.problem(request, failure));
            return;
        }
        publishOnce(request, topic, key, body, records);
    }

    private void publishOnce(
            HttpServerRequest request, String topic, String key, byte[] body, List<OutgoingRecord> records) {
        if (key.isEmpty() || key.length() > IDEMPOTENCY_KEY_CHARS_MAX) {
            answers.problem(
                    request,
                    HttpProblem.invalid("Idempotency-Key must have 1 to " + IDEMPOTENCY_KEY_CHARS_MAX + " characters"));
            return;
        }
        Context context = vertx.getOrCreateContext();
        door.idempotency()
                .once(topic, key, hash(request, body), () -> send(records))
                .onComplete(
                        answer -> context.runOnContext(own -> answer(request, answer)),
                        failure -> context.runOnContext(own -> answers.problem(request, failure)));
    }

    /** Sends several; fails, with the first failure, only if not one of them was stored. */
    private Future<KeptAnswer> send(List<OutgoingRecord> records) {
        return producer.send(records).map(outcomes -> {
            int failed = 0;
            Throwable firstFailure = null;
            JsonWriter text = new JsonWriter(64 * outcomes.size());
            text.beginObject().name("offsets").beginArray();
            for (SendOutcome outcome : outcomes) {
                RecordMetadata stored = outcome.metadata();
                if (stored != null) {
                    PublishOutcomes.offset(text, stored);
                    continue;
                }
                failed++;
                Throwable failure = PublishOutcomes.failureOf(outcome);
                firstFailure = firstFailure == null ? failure : firstFailure;
                PublishOutcomes.problem(text, HttpProblem.of(failure));
            }
            text.endArray().endObject();
            if (firstFailure != null && failed == outcomes.size()) {
                throw HttpProblem.of(firstFailure);
            }
            door.metrics().recordsPublished.add(outcomes.size() - failed);
            return new KeptAnswer(failed == 0 ? 200 : 207, text.toBytes());
        });
    }

    private void answer(HttpServerRequest request, KeptAnswer answer) {
        answers.send(request, answer.status(), Answers.JSON, Buffer.buffer(answer.body()));
    }

    private static OutgoingRecord rawRecord(HttpServerRequest request, String topic, byte[] body) {
        if (request.query() == null) {
            return OutgoingRecord.of(topic, null, body);
        }
        QueryParameters query = QueryParameters.of(request, "key", "partition");
        String key = query.text("key");
        return new OutgoingRecord(
                topic,
                query.integer("partition", -1, 0, Integer.MAX_VALUE),
                key == null ? null : key.getBytes(UTF_8),
                body,
                List.of(),
                -1);
    }

    /** Of what decides what is published, besides topic and key. */
    private static byte[] hash(HttpServerRequest request, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
            digest.update((type + "\n" + request.query() + "\n").getBytes(UTF_8));
            return digest.digest(body);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
