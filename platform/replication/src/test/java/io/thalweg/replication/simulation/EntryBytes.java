package io.thalweg.replication.simulation;

import io.thalweg.log.record.BatchHeader;
import io.thalweg.replication.Voters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Entries as record batches, one each: a real header, then the value and the voters. */
final class EntryBytes {

    private EntryBytes() {}

    static int size(Entry entry) {
        return BatchHeader.BYTES
                + 9
                + (entry.voters() == null ? 0 : 4 * entry.voters().ids().size());
    }

    static ByteBuffer encode(List<Entry> entries, long firstOffset) {
        int bytes = entries.stream().mapToInt(EntryBytes::size).sum();
        ByteBuffer to = ByteBuffer.allocate(bytes);
        long offset = firstOffset;
        for (Entry entry : entries) {
            int at = to.position();
            to.putInt(at + BatchHeader.LENGTH, size(entry) - BatchHeader.LOG_OVERHEAD);
            to.put(at + BatchHeader.MAGIC, BatchHeader.CURRENT_MAGIC);
            BatchHeader.writeBaseOffset(to, at, offset++);
            BatchHeader.writeLeaderEpoch(to, at, entry.epoch());
            to.position(at + BatchHeader.BYTES);
            to.putLong(entry.value());
            Voters voters = entry.voters();
            to.put((byte) (voters == null ? 0 : voters.ids().size()));
            if (voters != null) {
                voters.ids().forEach(to::putInt);
            }
        }
        return to.flip();
    }

    static List<Entry> decode(ByteBuffer batches) {
        List<Entry> entries = new ArrayList<>();
        ByteBuffer from = batches.duplicate();
        while (from.hasRemaining()) {
            int at = from.position();
            int epoch = BatchHeader.leaderEpoch(from, at);
            from.position(at + BatchHeader.BYTES);
            long value = from.getLong();
            int count = from.get();
            Set<Integer> voters = new TreeSet<>();
            for (int i = 0; i < count; i++) {
                voters.add(from.getInt());
            }
            entries.add(new Entry(epoch, value, count == 0 ? null : Voters.of(voters)));
        }
        return entries;
    }

    static long firstOffset(ByteBuffer batches) {
        return BatchHeader.baseOffset(batches, batches.position());
    }
}
