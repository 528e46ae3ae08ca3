package io.thalweg.streams.store;

import io.thalweg.streams.topology.StoreSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sessions by key, in memory. A session is alive while its end is greater than the greatest end seen minus the retention; writes
 * of others are dropped, reads do not see them.
 */
public final class SessionStore extends StateStore {

    /** From the first record to the last, both inclusive. */
    public record Session(long startMillis, long endMillis, byte[] value) {}

    /** The sessions of a key, by end and then start. */
    private static final class Sessions extends ByteKeyMap.Entry {
        final List<Session> sorted = new ArrayList<>(2);
        boolean inTable = true;

        Sessions(byte[] key, int hash) {
            super(key, hash);
        }
    }

    private static final int SESSION_BYTES = 64;

    private final ByteKeyMap<Sessions> keys = new ByteKeyMap<>();
    private final ExpiryQueue<Sessions> expiry;
    private final long retentionMillis;
    private long observedMillis = -1;

    /** What is restored after {@link #resumeAt} tells nothing of time: some of it may have been undone. */
    private boolean timeKnown;

    private long minLiveMillis;
    private long count;

    public SessionStore(StoreSpec spec, StateBudget budget) {
        super(spec, budget);
        this.retentionMillis = spec.retentionMillis();
        this.expiry = new ExpiryQueue<>(spec.retentionMillis(), this::expire);
    }

    @Override
    public long observedMillis() {
        return observedMillis;
    }

    @Override
    public void resumeAt(long millis) {
        observe(millis);
        timeKnown = true;
    }

    /** The live sessions of a key that end at {@code endFrom} or later and start at {@code startTo} or earlier, oldest first. */
    public List<Session> find(byte[] key, long endFrom, long startTo) {
        Sessions sessions = keys.find(key, keys.hash(key));
        if (sessions == null) {
            return List.of();
        }
        List<Session> found = new ArrayList<>(2);
        for (Session session : sessions.sorted) {
            if (session.endMillis >= endFrom && session.startMillis <= startTo && session.endMillis >= minLiveMillis) {
                found.add(session);
            }
        }
        return found;
    }

    /** Writes a session, replacing one with the same bounds; false if it is expired and nothing was written. */
    public boolean put(byte[] key, long startMillis, long endMillis, byte[] value) {
        observe(endMillis);
        return write(key, startMillis, endMillis, value);
    }

    private boolean write(byte[] key, long startMillis, long endMillis, byte[] value) {
        if (endMillis < minLiveMillis) {
            return false;
        }
        int hash = keys.hash(key);
        Sessions sessions = keys.find(key, hash);
        if (sessions == null) {
            sessions = new Sessions(key, hash);
            keys.add(sessions);
            grow((long) ENTRY_BYTES + key.length);
        }
        int position = position(sessions, startMillis, endMillis);
        Session session = new Session(startMillis, endMillis, value);
        if (position < sessions.sorted.size() && same(sessions.sorted.get(position), startMillis, endMillis)) {
            grow((long) value.length - sessions.sorted.get(position).value.length);
            sessions.sorted.set(position, session);
        } else {
            sessions.sorted.add(position, session);
            count++;
            grow((long) SESSION_BYTES + value.length);
            expiry.add(sessions, endMillis);
        }
        return true;
    }

    /** Removes the session with exactly these bounds, if it is there. */
    public void remove(byte[] key, long startMillis, long endMillis) {
        Sessions sessions = keys.find(key, keys.hash(key));
        if (sessions != null) {
            int position = position(sessions, startMillis, endMillis);
            if (position < sessions.sorted.size() && same(sessions.sorted.get(position), startMillis, endMillis)) {
                drop(sessions, position);
                forgetIfEmpty(sessions);
            }
        }
    }

    private void observe(long endMillis) {
        if (endMillis > observedMillis) {
            observedMillis = endMillis;
            minLiveMillis = Math.max(0, observedMillis - retentionMillis + 1);
        }
        expiry.step(minLiveMillis);
    }

    /** The first position whose session is not before these bounds. */
    private static int position(Sessions sessions, long startMillis, long endMillis) {
        int position = sessions.sorted.size();
        while (position > 0) {
            Session before = sessions.sorted.get(position - 1);
            if (before.endMillis < endMillis || (before.endMillis == endMillis && before.startMillis < startMillis)) {
                break;
            }
            position--;
        }
        return position;
    }

    private static boolean same(Session session, long startMillis, long endMillis) {
        return session.startMillis == startMillis && session.endMillis == endMillis;
    }

    private void expire(Sessions sessions, long minLive) {
        while (!sessions.sorted.isEmpty() && sessions.sorted.get(0).endMillis < minLive) {
            drop(sessions, 0);
        }
        forgetIfEmpty(sessions);
    }

    private void drop(Sessions sessions, int position) {
        Session dropped = sessions.sorted.remove(position);
        count--;
        grow(-((long) SESSION_BYTES + dropped.value.length));
    }

    private void forgetIfEmpty(Sessions sessions) {
        if (sessions.sorted.isEmpty() && sessions.inTable) {
            sessions.inTable = false;
            keys.remove(sessions);
            grow(-((long) ENTRY_BYTES + sessions.key.length));
        }
    }

    /** The key of a row in the changelog, as Kafka Streams writes it: key, end, start. */
    public static byte[] changelogKey(byte[] key, long startMillis, long endMillis) {
        byte[] bytes = Arrays.copyOf(key, key.length + 16);
        ByteBuffer.wrap(bytes, key.length, 16).putLong(endMillis).putLong(startMillis);
        return bytes;
    }

    @Override
    public void restore(byte[] changelogKey, byte @Nullable [] value, long timestampMillis) {
        if (changelogKey.length < 16) {
            throw new IllegalArgumentException("store=" + name() + " changelog key has " + changelogKey.length
                    + " bytes, expected at least 16; the changelog is not of a session store");
        }
        int keyLength = changelogKey.length - 16;
        ByteBuffer tail = ByteBuffer.wrap(changelogKey, keyLength, 16);
        byte[] key = Arrays.copyOf(changelogKey, keyLength);
        long end = tail.getLong();
        long start = tail.getLong();
        if (value == null) {
            remove(key, start, end);
        } else if (timeKnown) {
            write(key, start, end, value);
        } else {
            put(key, start, end, value);
        }
    }

    @Override
    public void forEach(Consumer<StoreRow> row) {
        keys.forEach(sessions -> show(sessions, row));
    }

    @Override
    public void forEach(byte[] key, Consumer<StoreRow> row) {
        Sessions sessions = keys.find(key, keys.hash(key));
        if (sessions != null) {
            show(sessions, row);
        }
    }

    private void show(Sessions sessions, Consumer<StoreRow> row) {
        for (Session session : sessions.sorted) {
            if (session.endMillis >= minLiveMillis) {
                row.accept(new StoreRow(sessions.key, session.startMillis, session.endMillis, session.value, -1));
            }
        }
    }

    @Override
    public long size() {
        return count;
    }
}
