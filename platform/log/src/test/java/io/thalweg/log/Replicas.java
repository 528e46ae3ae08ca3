package io.thalweg.log;

import io.thalweg.log.record.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What brokers do with the logs of two replicas, without the network between. */
final class Replicas {

    private Replicas() {}

    /** What the follower appends after it asked the leader for what lies behind its own end; none if it has everything. */
    static List<Append> fetch(PartitionLog leader, PartitionLog follower, int maxBytes) throws IOException {
        EpochOffset from = follower.end();
        LogRead read = leader.read(from.offset(), maxBytes, leader.end().offset(), true);
        ByteBuffer records = Batches.bytes(read);
        return Append.fetched(follower, records, from, endOf(records, from));
    }

    static EpochOffset endOf(ByteBuffer records, EpochOffset from) {
        EpochOffset end = from;
        for (int at = 0; at < records.limit(); at += BatchHeader.sizeInBytes(records, at)) {
            end = new EpochOffset(BatchHeader.leaderEpoch(records, at), BatchHeader.lastOffset(records, at) + 1);
        }
        return end;
    }

    /** Every batch of the log, byte for byte. */
    static List<ByteBuffer> batches(PartitionLog log) throws IOException {
        List<ByteBuffer> batches = new ArrayList<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            LogRead read = log.read(offset, 1 << 16, log.logEndOffset(), true);
            ByteBuffer records = Batches.bytes(read);
            for (int at = 0; at < records.limit(); at += BatchHeader.sizeInBytes(records, at)) {
                batches.add(records.slice(at, BatchHeader.sizeInBytes(records, at)));
            }
            if (read.nextOffset() <= offset) {
                throw new AssertionError("no progress: offset=" + offset);
            }
            offset = read.nextOffset();
        }
        return batches;
    }
}
