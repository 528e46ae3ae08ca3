package io.thalweg.broker.storage;

import io.thalweg.log.LogRead;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads records of a log, in order. */
public final class PartitionReplay {

    private static final int READ_BYTES = 1 << 20;

    private PartitionReplay() {}

    /**
     * Hands every record up to the high watermark, as it is at the call, to the visitor. Blocks on disk.
     *
     * @return the offset after the last one
     */
    public static long replay(PartitionLog log, ReadLimits limits, RecordVisitor visitor) throws IOException {
        return replay(log, log.logStartOffset(), limits, visitor);
    }

    /** The same from {@code from} on. */
    public static long replay(PartitionLog log, long from, ReadLimits limits, RecordVisitor visitor)
            throws IOException {
        return replay(log, from, log.highWatermark(), limits, visitor);
    }

    /** All that there is, committed or not. Blocks on disk. */
    public static void replayAll(PartitionLog log, ReadLimits limits, RecordVisitor visitor) throws IOException {
        replay(log, log.logStartOffset(), log.logEndOffset(), limits, visitor);
    }

    private static long replay(PartitionLog log, long from, long end, ReadLimits limits, RecordVisitor visitor)
            throws IOException {
        long offset = from;
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        while (offset < end) {
            LogRead read = log.read(offset, READ_BYTES, end, true);
            try {
                int size = read.records().sizeInBytes();
                if (size == 0) {
                    // Compaction left nothing from here to the end.
                    break;
                }
                if (size > buffer.capacity()) {
                    buffer = ByteBuffer.allocate(size);
                }
                buffer.clear();
                read.records().copyTo(buffer);
            } finally {
                read.records().close();
            }
            buffer.flip();
            RecordReader.forEach(buffer, limits, visitor);
            offset = read.nextOffset();
        }
        return end;
    }
}
