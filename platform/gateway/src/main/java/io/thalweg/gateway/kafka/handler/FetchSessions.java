package io.thalweg.gateway.kafka.handler;

import io.thalweg.gateway.kafka.handler.FetchSession.Wanted;
import io.thalweg.log.error.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.jspecify.annotations.Nullable;

/**
 * Fetch sessions of the whole door, because a consumer may go on with its session over another connection. Bounded in
 * sessions and in partitions: who finds no room is served without a session, and a session that was not used for two
 * minutes makes room. May be used from any thread.
 */
final class FetchSessions {

    private static final long EVICTABLE_AFTER_NANOS = 120_000_000_000L;
    private static final int PARTITIONS_FOR_EACH_SESSION = 1_000;

    private final int sessionsMax;
    private final long partitionsMax;
    private final LongSupplier nanoTime;

    /** Least recently used first. */
    private final Map<Integer, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    private long partitions;

    private record Slot(FetchSession session, int partitions, long usedNanos) {}

    /**
     * How a fetch is to be served.
     *
     * @param error of the whole request, or NONE
     * @param session null without one
     * @param incremental whether the response names only what has news
     */
    record Opened(ErrorCode error, @Nullable FetchSession session, boolean incremental, List<Wanted> wanted) {
        private static Opened failed(ErrorCode error) {
            return new Opened(error, null, false, List.of());
        }
    }

    FetchSessions(int sessionsMax, LongSupplier nanoTime) {
        this.sessionsMax = sessionsMax;
        this.partitionsMax = (long) sessionsMax * PARTITIONS_FOR_EACH_SESSION;
        this.nanoTime = nanoTime;
    }

    /** Finds, makes or ends the session that a request speaks of. */
    Opened open(FetchRequestData request, boolean byTopicId) {
        int id = request.sessionId();
        int epoch = request.sessionEpoch();
        if (epoch == FetchSession.INITIAL_EPOCH || epoch == FetchSession.FINAL_EPOCH) {
            if (id != FetchSession.NONE) {
                remove(id);
            }
            List<Wanted> wanted = all(request);
            boolean keep = epoch == FetchSession.INITIAL_EPOCH && !wanted.isEmpty();
            return new Opened(ErrorCode.NONE, keep ? create(byTopicId, wanted) : null, false, wanted);
        }
        FetchSession session = find(id);
        if (session == null) {
            return Opened.failed(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.byTopicId() != byTopicId) {
            return Opened.failed(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        synchronized (session) {
            if (!session.expects(epoch)) {
                return Opened.failed(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
            }
            List<Wanted> wanted = session.advance(request);
            if (wanted.isEmpty()) {
                remove(id);
                return new Opened(ErrorCode.NONE, null, false, wanted);
            }
            resize(session, wanted.size());
            return new Opened(ErrorCode.NONE, session, true, wanted);
        }
    }

    synchronized int size() {
        return slots.size();
    }

    static List<Wanted> all(FetchRequestData request) {
        List<Wanted> wanted = new ArrayList<>();
        for (FetchTopic topic : request.topics()) {
            topic.partitions().forEach(partition -> wanted.add(Wanted.of(topic, partition)));
        }
        return wanted;
    }

    private synchronized @Nullable FetchSession find(int id) {
        Slot slot = slots.get(id);
        if (slot == null) {
            return null;
        }
        slots.put(id, new Slot(slot.session(), slot.partitions(), nanoTime.getAsLong()));
        return slot.session();
    }

    private synchronized @Nullable FetchSession create(boolean byTopicId, List<Wanted> wanted) {
        if (!makeRoom(wanted.size())) {
            return null;
        }
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (slots.containsKey(id));
        FetchSession session = new FetchSession(id, byTopicId, wanted);
        slots.put(id, new Slot(session, wanted.size(), nanoTime.getAsLong()));
        partitions += wanted.size();
        return session;
    }

    private boolean makeRoom(int wanted) {
        Iterator<Slot> oldest = slots.values().iterator();
        while (slots.size() >= sessionsMax || partitions + wanted > partitionsMax) {
            if (!oldest.hasNext()) {
                return false;
            }
            Slot slot = oldest.next();
            if (nanoTime.getAsLong() - slot.usedNanos() < EVICTABLE_AFTER_NANOS) {
                return false;
            }
            oldest.remove();
            partitions -= slot.partitions();
        }
        return true;
    }

    private synchronized void resize(FetchSession session, int size) {
        Slot slot = slots.get(session.id());
        if (slot == null) {
            return;
        }
        partitions += size - slot.partitions();
        slots.put(session.id(), new Slot(session, size, slot.usedNanos()));
        if (partitions > partitionsMax) {
            // It grew beyond the bound: its next request finds no session and starts again, without one.
            remove(session.id());
        }
    }

    private synchronized void remove(int id) {
        Slot slot = slots.remove(id);
        if (slot != null) {
            partitions -= slot.partitions();
        }
    }
}
