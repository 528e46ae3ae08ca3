package io.thalweg.gateway.http;

import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers to publishes that carried an {@code Idempotency-Key}, kept in memory for a time: a second request with the
 * same key, topic and body gets the first one's answer and publishes nothing; one that comes while the first is under way
 * waits for it. Failures are not kept, so that a retry may succeed. Bounded: beyond the limit the oldest answer goes. A
 * restart of the node forgets all. Safe from any thread.
 */
final class IdempotencyStore {
    /** A whole answer. */
    record KeptAnswer(int status, byte[] body) {}

    private static final class Entry {
        private final byte[] bodyHash;
        private final Promise<KeptAnswer> answer = Promise.promise();
        private long expiresAtMillis = Long.MAX_VALUE;

        Entry(byte[] bodyHash) {
            this.bodyHash = bodyHash;
        }
    }

    private final int entriesMax;
    private final int ttlMillis;
    private final LongSupplier nowMillis;
    /** In the order of their first requests. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    IdempotencyStore(int entriesMax, int ttlMillis, LongSupplier nowMillis) {
        this.entriesMax = entriesMax;
        this.ttlMillis = ttlMillis;
        this.nowMillis = nowMillis;
    }

    /**
     * Publishes at most once for this key. The future completes on the thread that completed the publish.
     *
     * @param bodyHash of all that makes the request what it is; another one with the same key fails with 422
     */
    Future<KeptAnswer> once(String topic, String key, byte[] bodyHash, Supplier<Future<KeptAnswer>> publish) {
        String id = topic + '\n' + key;
        Entry mine = new Entry(bodyHash);
        synchronized (this) {
            dropExpired();
            Entry earlier = entries.get(id);
            if (earlier != null) {
                return answerOf(earlier, bodyHash, key);
            }
            makeRoom();
            entries.put(id, mine);
        }
        run(publish).onComplete((answer, failure) -> settle(id, mine, answer, failure));
        return mine.answer.future();
    }

    synchronized int size() {
        return entries.size();
    }

    private static Future<KeptAnswer> answerOf(Entry earlier, byte[] bodyHash, String key) {
        if (!Arrays.equals(earlier.bodyHash, bodyHash)) {
            return Future.failedFuture(new HttpProblem(
                    422,
                    ErrorCode.INVALID_REQUEST,
                    "Idempotency-Key=" + HttpProblem.shown(key) + " was used with another request; take a new key"));
        }
        return earlier.answer.future();
    }

    private static Future<KeptAnswer> run(Supplier<Future<KeptAnswer>> publish) {
        try {
            return publish.get();
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }

    private void settle(String id, Entry mine, @Nullable KeptAnswer answer, @Nullable Throwable failure) {
        synchronized (this) {
            if (answer != null) {
                mine.expiresAtMillis = nowMillis.getAsLong() + ttlMillis;
            } else {
                entries.remove(id, mine);
            }
        }
        if (answer != null) {
            mine.answer.complete(answer);
        } else {
            mine.answer.fail(failure == null ? new IllegalStateException("publish gave nothing") : failure);
        }
    }

    private void dropExpired() {
        long now = nowMillis.getAsLong();
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext() && oldest.next().expiresAtMillis <= now) {
            oldest.remove();
        }
    }

    /** Drops the oldest answer; what is still under way is bounded by the connections. */
    private void makeRoom() {
        if (entries.size() < entriesMax) {
            return;
        }
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            if (oldest.next().expiresAtMillis != Long.MAX_VALUE) {
                oldest.remove();
                return;
            }
        }
    }
}
