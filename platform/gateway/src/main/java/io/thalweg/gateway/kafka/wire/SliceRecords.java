package io.thalweg.gateway.kafka.wire;

import io.thalweg.log.RecordSlices;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordsSend;
import org.jspecify.annotations.Nullable;

/** Carries {@link RecordSlices} through a generated message to {@link ResponseEncoder}. */
public final class SliceRecords implements BaseRecords {

    private final RecordSlices slices;

    private SliceRecords(RecordSlices slices) {
        this.slices = slices;
    }

    /** Puts records into a response; the caller closes them after the response was sent. */
    public static void put(FetchResponseData.PartitionData partition, RecordSlices slices) {
        partition.setRecords(slices == RecordSlices.EMPTY ? MemoryRecords.EMPTY : new SliceRecords(slices));
    }

    /** The record batches of a produce request, as a view of its frame; null if it has none. */
    public static @Nullable ByteBuffer of(ProduceRequestData.PartitionProduceData partition) {
        return partition.records() instanceof MemoryRecords records ? records.buffer() : null;
    }

    RecordSlices slices() {
        return slices;
    }

    @Override
    public int sizeInBytes() {
        return slices.sizeInBytes();
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("written by ResponseEncoder only");
    }
}
