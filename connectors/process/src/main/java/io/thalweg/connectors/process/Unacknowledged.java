package io.thalweg.connectors.process;

import io.thalweg.connectors.api.Header;
import io.thalweg.connectors.api.SinkRecord;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records that a sink's child was given and has not acknowledged: given again to the next child. Confined to the task's context. */
final class Unacknowledged {

    private static final int RECORD_OVERHEAD_BYTES = 128;

    /** Records that travel together. */
    record Sent(long id, List<SinkRecord> records, long bytes) {
        Sent {
            records = List.copyOf(records);
        }
    }

    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private long lastId;
    private long acknowledgedId;
    private long bytes;

    Sent add(List<SinkRecord> records) {
        lastId++;
        Sent added = new Sent(lastId, records, size(records));
        sent.addLast(added);
        bytes += added.bytes();
        return added;
    }

    /** Takes back the newest: the runtime will hand its records over again. */
    void withdraw(Sent withdrawn) {
        if (sent.remove(withdrawn)) {
            bytes -= withdrawn.bytes();
        }
    }

    /** Everything up to this id is durable. */
    void acknowledge(long id) {
        acknowledgedId = Math.max(acknowledgedId, Math.min(id, lastId));
        while (!sent.isEmpty() && sent.getFirst().id() <= acknowledgedId) {
            bytes -= sent.removeFirst().bytes();
        }
    }

    @Nullable
    SinkRecord record(long id, int index) {
        for (Sent batch : sent) {
            if (batch.id() == id) {
                return index >= 0 && index < batch.records().size()
                        ? batch.records().get(index)
                        : null;
            }
        }
        return null;
    }

    List<Sent> all() {
        return List.copyOf(sent);
    }

    boolean isEmpty() {
        return sent.isEmpty();
    }

    long lastId() {
        return lastId;
    }

    long bytes() {
        return bytes;
    }

    private static long size(List<SinkRecord> records) {
        long size = 0;
        for (SinkRecord record : records) {
            size += RECORD_OVERHEAD_BYTES + size(record.key()) + size(record.value());
            for (Header header : record.headers()) {
                byte[] value = header.value();
                size += header.key().length() + (value == null ? 0 : value.length);
            }
        }
        return size;
    }

    private static long size(@Nullable Object value) {
        if (value instanceof byte[] raw) {
            return raw.length;
        }
        return value instanceof String text ? 2L * text.length() : RECORD_OVERHEAD_BYTES;
    }
}
