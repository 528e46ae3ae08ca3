package io.thalweg.replication.node;

import io.thalweg.log.record.BatchHeader;
import io.thalweg.replication.LogPosition;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The log of a partition that one broker leads alone, in epoch 2; what it held before is of epoch 1. Batches of one offset and one
 * size, on a disk that is done at once.
 */
final class LedStore extends EmptyStore {

    static final int EPOCH = 2;

    private final int batchBytes;
    private final int held;
    private int end;

    LedStore(int leader, int batches, int batchBytes) {
        super(List.of(leader));
        this.held = batches;
        this.end = batches;
        this.batchBytes = batchBytes;
    }

    /** A client has appended a batch. */
    void grow() {
        end++;
    }

    LogPosition at(long offset) {
        return offset == 0 ? LogPosition.EMPTY : new LogPosition(epochOf(offset - 1), offset);
    }

    private int epochOf(long offset) {
        return offset < held ? EPOCH - 1 : EPOCH;
    }

    @Override
    public LogPosition end() {
        return at(end);
    }

    @Override
    public long durableEnd() {
        return end;
    }

    @Override
    public LogPosition endOfEpoch(int epoch) {
        return epoch >= EPOCH ? end() : epoch == EPOCH - 1 ? at(held) : start();
    }

    @Override
    public Future<Void> appendLeaderChange(int epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<ByteBuffer> read(long offset, int bytesMax) {
        int batches = (int) Math.min(end - offset, Math.max(1, bytesMax / batchBytes));
        ByteBuffer read = ByteBuffer.allocate(Math.max(0, batches) * batchBytes);
        for (int batch = 0; batch < batches; batch++) {
            int at = batch * batchBytes;
            read.putInt(at + BatchHeader.LENGTH, batchBytes - BatchHeader.LOG_OVERHEAD);
            read.put(at + BatchHeader.MAGIC, BatchHeader.CURRENT_MAGIC);
            BatchHeader.writeBaseOffset(read, at, offset + batch);
            BatchHeader.writeLeaderEpoch(read, at, epochOf(offset + batch));
        }
        return Future.succeededFuture(read);
    }
}
