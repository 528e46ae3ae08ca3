package io.thalweg.broker.api;

import java.util.List;

/** The partitions of a {@link FetchRequest}, in its order. Close it exactly once, after the bytes were sent or copied. */
public record FetchResult(List<FetchedPartition> partitions) implements AutoCloseable {

    public FetchResult {
        partitions = List.copyOf(partitions);
    }

    public int sizeInBytes() {
        int bytes = 0;
        for (FetchedPartition partition : partitions) {
            bytes += partition.records().sizeInBytes();
        }
        return bytes;
    }

    @Override
    public void close() {
        for (FetchedPartition partition : partitions) {
            partition.records().close();
        }
    }
}
