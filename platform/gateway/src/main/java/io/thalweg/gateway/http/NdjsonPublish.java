package io.thalweg.gateway.http;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.RecordMetadata;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordJsonParser;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One NDJSON publish: records are sent as their lines arrive, and the client is held back while too much is not yet
 * acknowledged. A bad line fails alone. Memory is bounded whatever the length: beyond {@link #LISTED_MAX} lines the
 * answer sums up each partition in place of listing each offset.
 */
final class NdjsonPublish {
    /** Lines whose outcome is listed one by one. */
    static final int LISTED_MAX = 10_000;

    /** Failures that are described. */
    static final int PROBLEMS_MAX = 100;

    private final HttpServerRequest request;
    private final DoorContext door;
    private final Producer producer;
    private final WriteStream<OutgoingRecord> pressure;
    private final RecordJsonParser parser;
    private final LineSplitter lines;
    private final int bytesInFlightMax;

    private List<OutgoingRecord> batch = new ArrayList<>();
    private List<Integer> batchLines = new ArrayList<>();
    private long batchBytes;

    private long bytesInFlight;
    private int sendsInFlight;
    private boolean held;
    private boolean ended;
    private boolean aborted;

    private int lineCount;
    private long published;
    private long failed;
    private @Nullable HttpProblem firstProblem;
    /** By line: RecordMetadata or HttpProblem; null once there are more than are listed. */
    private @Nullable List<@Nullable Object> listed = new ArrayList<>();

    private final Map<Integer, PartitionSum> sums = new TreeMap<>();
    private final Map<Integer, HttpProblem> problems = new TreeMap<>();

    /** What went to one partition. */
    private static final class PartitionSum {
        private long count;
        private long firstOffset = Long.MAX_VALUE;
        private long lastOffset = -1;
    }

    NdjsonPublish(HttpServerRequest request, String topic, Producer producer, DoorContext door) {
        this.request = request;
        this.door = door;
        this.producer = producer;
        this.pressure = producer.stream();
        this.parser = new RecordJsonParser(topic);
        HttpLimits limits = door.config().limits();
        this.lines = new LineSplitter(limits.bodyBytesMax(), this::onLine);
        this.bytesInFlightMax = limits.publishBytesInFlightMax();
    }

    void start() {
        request.exceptionHandler(reset -> aborted = true);
        request.handler(this::onChunk);
        request.endHandler(end -> onEnd());
    }

    private void onChunk(Buffer chunk) {
        lines.onBytes(chunk.getBytes());
        sendBatch();
        if (!held && (bytesInFlight > bytesInFlightMax || pressure.writeQueueFull())) {
            held = true;
            request.pause();
            pressure.drainHandler(drained -> releaseIfPossible());
        }
    }

    private void onLine(byte @Nullable [] line) {
        lineCount++;
        List<@Nullable Object> list = listed;
        if (list != null && lineCount > LISTED_MAX) {
            listed = null;
        } else if (list != null) {
            list.add(null);
        }
        if (line == null) {
            onProblem(
                    lineCount,
                    HttpProblem.tooLarge("line", door.config().limits().bodyBytesMax()));
            return;
        }
        try {
            batch.add(parser.record(line));
            batchLines.add(lineCount);
            batchBytes += line.length;
        } catch (RuntimeException invalid) {
            onProblem(lineCount, HttpProblem.of(invalid));
        }
    }

    private void sendBatch() {
        if (batch.isEmpty()) {
            return;
        }
        List<Integer> sentLines = batchLines;
        long bytes = batchBytes;
        bytesInFlight += bytes;
        sendsInFlight++;
        producer.send(batch).onComplete((outcomes, failure) -> {
            bytesInFlight -= bytes;
            sendsInFlight--;
            for (int i = 0; i < sentLines.size(); i++) {
                onOutcome(sentLines.get(i), outcomes == null ? new SendOutcome(null, failure) : outcomes.get(i));
            }
            releaseIfPossible();
            finishIfDone();
        });
        batch = new ArrayList<>();
        batchLines = new ArrayList<>();
        batchBytes = 0;
    }

    private void onOutcome(int line, SendOutcome outcome) {
        RecordMetadata stored = outcome.metadata();
        if (stored == null) {
            onProblem(line, HttpProblem.of(PublishOutcomes.failureOf(outcome)));
            return;
        }
        published++;
        PartitionSum sum = sums.computeIfAbsent(stored.partition(), first -> new PartitionSum());
        sum.count++;
        sum.firstOffset = Math.min(sum.firstOffset, stored.offset());
        sum.lastOffset = Math.max(sum.lastOffset, stored.offset());
        if (listed != null) {
            listed.set(line - 1, stored);
        }
    }

    private void onProblem(int line, HttpProblem problem) {
        failed++;
        firstProblem = firstProblem == null ? problem : firstProblem;
        if (problems.size() < PROBLEMS_MAX) {
            problems.put(line, problem);
        }
        if (listed != null) {
            listed.set(line - 1, problem);
        }
    }

    private void releaseIfPossible() {
        if (held && bytesInFlight <= bytesInFlightMax / 2 && !pressure.writeQueueFull()) {
            held = false;
            request.resume();
        }
    }

    private void onEnd() {
        ended = true;
        lines.onEnd();
        sendBatch();
        finishIfDone();
    }

    private void finishIfDone() {
        if (!ended || sendsInFlight > 0 || aborted) {
            return;
        }
        door.metrics().recordsPublished.add(published);
        if (firstProblem != null && published == 0) {
            door.answers().problem(request, firstProblem);
        } else {
            door.answers().json(request, failed == 0 ? 200 : 207, answer());
        }
    }

    private JsonWriter answer() {
        JsonWriter json = new JsonWriter(256 + (listed == null ? 0 : 64 * listed.size()));
        json.beginObject().field("published", published).field("failed", failed);
        if (listed != null) {
            json.name("offsets").beginArray();
            for (Object outcome : listed) {
                if (outcome instanceof RecordMetadata stored) {
                    PublishOutcomes.offset(json, stored);
                } else if (outcome instanceof HttpProblem problem) {
                    PublishOutcomes.problem(json, problem);
                }
            }
            json.endArray();
        }
        json.name("partitions").beginArray();
        sums.forEach((partition, sum) -> json.beginObject()
                .field("partition", partition)
                .field("count", sum.count)
                .field("firstOffset", sum.firstOffset)
                .field("lastOffset", sum.lastOffset)
                .endObject());
        json.endArray().name("problems").beginArray();
        problems.forEach((line, problem) -> {
            json.beginObject().field("line", line).name("problem");
            problem.write(json);
            json.endObject();
        });
        return json.endArray().endObject();
    }
}
