package io.thalweg.gateway.http;

import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.RecordMetadata;
import io.thalweg.gateway.json.JsonWriter;

/** One entry of {@code offsets}. */
final class PublishOutcomes {
    private PublishOutcomes() {}

    static void offset(JsonWriter json, RecordMetadata stored) {
        json.beginObject()
                .field("partition", stored.partition())
                .field("offset", stored.offset())
                .field("timestamp", stored.timestampMillis())
                .endObject();
    }

    static void problem(JsonWriter json, HttpProblem problem) {
        json.beginObject().name("problem");
        problem.write(json);
        json.endObject();
    }

    static Throwable failureOf(SendOutcome outcome) {
        Throwable failure = outcome.failure();
        return failure == null ? new IllegalStateException("an outcome has neither metadata nor failure") : failure;
    }
}
