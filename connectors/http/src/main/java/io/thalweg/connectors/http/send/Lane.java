package io.thalweg.connectors.http.send;

import io.thalweg.connectors.api.SinkRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Records that are sent one request after the other. */
final class Lane {

    private final ArrayDeque<SinkRecord> records = new ArrayDeque<>();

    /** Records of a refused batch that are to be sent alone. */
    private int alone;

    void add(SinkRecord record) {
        records.add(record);
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    /** The records of the next request, of one partition; they stay until {@link #taken}. */
    List<SinkRecord> next(int recordsMax, int bytesMax) {
        List<SinkRecord> next = new ArrayList<>();
        int most = alone > 0 ? 1 : recordsMax;
        long bytes = 0;
        for (SinkRecord record : records) {
            bytes += RequestWriter.size(record);
            boolean fits = next.isEmpty()
                    || (next.size() < most
                            && bytes <= bytesMax
                            && record.topicPartition().equals(next.get(0).topicPartition()));
            if (!fits) {
                break;
            }
            next.add(record);
        }
        return next;
    }

    /** The next so many are to be sent one by one, to find the one that was refused. */
    void apart(int count) {
        alone = count;
    }

    void taken(int count) {
        for (int i = 0; i < count; i++) {
            records.remove();
        }
        alone = Math.max(0, alone - count);
    }
}
