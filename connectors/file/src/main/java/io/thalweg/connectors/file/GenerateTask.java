package io.thalweg.connectors.file;

import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.api.SourceTaskContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Record number n is a function of the seed and n, so a position is a number. Never blocks. */
final class GenerateTask implements SourceTask {

    private static final JsonObject PARTITION = new JsonObject().put("generator", 0);
    private static final String NEXT = "next";
    private static final long WAIT_MILLIS_MAX = 1_000;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private @Nullable Vertx vertx;
    private String topic = "";
    private long ratePerSecond;
    private long count;
    private long keys;
    private int valueBytes;
    private long seed;

    /** The number of the next record. Persisted as the position. */
    private long next;

    /** Records after {@link #first} are due at the rate from {@link #beganNanos} on. */
    private long first;

    private long beganNanos;
    private long timer = -1;
    private @Nullable Promise<SourceBatch> waiting;

    @Override
    public Future<Void> start(SourceTaskContext context) {
        JsonObject config = context.config();
        vertx = context.vertx();
        topic = config.getString("topic");
        ratePerSecond = config.getLong("rate");
        count = config.getLong("count");
        keys = config.getLong("keys");
        valueBytes = config.getInteger("value.bytes");
        seed = config.getLong("seed");
        JsonObject position = context.position(PARTITION);
        next = position == null ? 0 : position.getLong(NEXT, 0L);
        first = next;
        beganNanos = System.nanoTime();
        return Future.succeededFuture();
    }

    @Override
    public Future<SourceBatch> poll(int recordsMax, int bytesMax) {
        long due = due();
        if (due > 0) {
            return Future.succeededFuture(batch((int) Math.min(Math.min(due, recordsMax), bytesMax / valueBytes + 1L)));
        }
        Promise<SourceBatch> promise = Promise.promise();
        waiting = promise;
        long millis = ratePerSecond == 0 || exhausted() ? WAIT_MILLIS_MAX : 1_000 / ratePerSecond + 1;
        Vertx owner = vertx;
        if (owner == null) {
            throw new IllegalStateException("poll before start");
        }
        timer = owner.setTimer(Math.min(WAIT_MILLIS_MAX, millis), fired -> {
            waiting = null;
            long now = due();
            promise.complete(now > 0 ? batch((int) Math.min(now, recordsMax)) : SourceBatch.none());
        });
        return promise.future();
    }

    private boolean exhausted() {
        return count > 0 && next >= count;
    }

    private long due() {
        long left = count == 0 ? Long.MAX_VALUE : count - next;
        if (ratePerSecond == 0) {
            return left;
        }
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        return Math.min(left, first + (long) (seconds * ratePerSecond) - next);
    }

    private SourceBatch batch(int size) {
        List<SourceRecord> records = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            records.add(record(next++));
        }
        return new SourceBatch(PARTITION, new JsonObject().put(NEXT, next), records);
    }

    private SourceRecord record(long number) {
        SplittableRandom random = new SplittableRandom(seed ^ (number * GOLDEN));
        String key = "key-" + random.nextLong(keys);
        StringBuilder json = new StringBuilder(valueBytes)
                .append("{\"n\":")
                .append(number)
                .append(",\"key\":\"")
                .append(key)
                .append("\",\"amount\":")
                .append(random.nextInt(100_000))
                .append(",\"text\":\"");
        while (json.length() < valueBytes - 2) {
            json.append((char) ('a' + random.nextInt(26)));
        }
        json.append("\"}");
        return SourceRecord.of(topic, key, json.toString().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Future<Void> stop() {
        Vertx owner = vertx;
        if (owner != null && timer >= 0) {
            owner.cancelTimer(timer);
        }
        Promise<SourceBatch> promise = waiting;
        if (promise != null) {
            waiting = null;
            promise.tryComplete(SourceBatch.none());
        }
        return Future.succeededFuture();
    }
}
