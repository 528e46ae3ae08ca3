package io.thalweg.gateway.kafka.wire;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/** A run of a segment file for sendfile. Leaves the file open: it belongs to the {@code RecordSlices} that it is of. */
final class SegmentRegion extends DefaultFileRegion {

    SegmentRegion(FileChannel channel, long position, int length) {
        super(channel, position, length);
    }

    @Override
    protected void deallocate() {
        // The owner closes the file after the whole response was sent.
    }
}
