package io.thalweg.broker.replica;

import io.thalweg.log.EpochOffset;
import io.thalweg.log.record.BatchHeader;
import java.nio.ByteBuffer;

/**
 * What a leader is about to have in its log, while its disk writes: followers are sent it already.
 *
 * @param end where the log ends with it
 * @param batches whole ones
 */
record StagedGroup(EpochOffset end, ByteBuffer batches) {

    /** Whole batches from the one with {@code offset} on: as many as fit, and at least one. */
    ByteBuffer read(long offset, int bytesMax) {
        int at = 0;
        while (at < batches.limit() && BatchHeader.lastOffset(batches, at) < offset) {
            at += BatchHeader.sizeInBytes(batches, at);
        }
        int to = at;
        while (to < batches.limit()) {
            int next = to + BatchHeader.sizeInBytes(batches, to);
            if (to > at && next - at > bytesMax) {
                break;
            }
            to = next;
        }
        return batches.slice(at, to - at);
    }
}
