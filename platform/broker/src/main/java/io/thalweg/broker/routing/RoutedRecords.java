package io.thalweg.broker.routing;

import io.thalweg.log.RecordSlices;
import java.nio.ByteBuffer;
import java.util.List;

/** Records that another broker sent; nothing has to be given back. */
record RoutedRecords(ByteBuffer bytes) implements RecordSlices {

    static RecordSlices of(ByteBuffer bytes) {
        return bytes.hasRemaining() ? new RoutedRecords(bytes) : EMPTY;
    }

    @Override
    public int sizeInBytes() {
        return bytes.remaining();
    }

    @Override
    public List<Part> parts() {
        return List.of(new Memory(bytes.asReadOnlyBuffer()));
    }

    @Override
    public void copyTo(ByteBuffer target) {
        target.put(bytes.duplicate());
    }

    @Override
    public void close() {}
}
