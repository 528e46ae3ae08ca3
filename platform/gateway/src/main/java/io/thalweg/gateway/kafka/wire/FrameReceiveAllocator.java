package io.thalweg.gateway.kafka.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/** Makes one connection's socket read into the buffer that its {@link FrameAssembler} wants filled. */
public final class FrameReceiveAllocator extends DefaultMaxMessagesRecvByteBufAllocator {

    private static final int READS_MAX = 16;

    private final FrameAssembler assembler;

    public FrameReceiveAllocator(FrameAssembler assembler) {
        super(READS_MAX);
        this.assembler = assembler;
    }

    @Override
    @SuppressWarnings("deprecation") // ExtendedHandle is what the transports ask for
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return assembler.readBuffer(allocator);
            }

            @Override
            public int guess() {
                return 0;
            }
        };
    }
}
