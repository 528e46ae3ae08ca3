package io.thalweg.gateway.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A stream of bytes becomes the same frames however it is cut, and takes no more memory than it has sent. */
class FrameAssemblerTest {

    private static final int FRAME_MAX = 1 << 20;

    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final RequestBudget budget = new RequestBudget(4 << 20);
    private final Sink sink = new Sink();
    private final FrameAssembler assembler = new FrameAssembler(FRAME_MAX, budget, sink);

    private final class Sink implements FrameAssembler.FrameSink {
        final List<byte[]> frames = new ArrayList<>();
        int wanted = Integer.MAX_VALUE;

        @Override
        public boolean wantsFrame() {
            return frames.size() < wanted;
        }

        @Override
        public void onFrame(ByteBuf frame, int heldBytes) {
            byte[] copy = new byte[frame.readableBytes()];
            frame.readBytes(copy);
            frames.add(copy);
            frame.release();
            budget.giveBack(heldBytes);
        }
    }

    @Test
    void framesAreTheSameHoweverTheStreamIsCut() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            sink.frames.clear();
            List<byte[]> sent = new ArrayList<>();
            ByteBuf stream = allocator.directBuffer();
            for (int i = 0; i < 5; i++) {
                int size = random.nextInt(4) == 0 ? random.nextInt(300_000) + 8 : random.nextInt(100) + 8;
                byte[] frame = new byte[size];
                random.nextBytes(frame);
                sent.add(frame);
                stream.writeInt(size).writeBytes(frame);
            }
            while (stream.isReadable()) {
                read(stream, random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(70_000));
            }
            stream.release();
            assertThat(sink.frames).as("seed=%d round=%d", seed, round).hasSameSizeAs(sent);
            for (int i = 0; i < sent.size(); i++) {
                assertThat(sink.frames.get(i))
                        .as("seed=%d round=%d frame=%d", seed, round, i)
                        .isEqualTo(sent.get(i));
            }
            assertThat(budget.usedBytes()).isZero();
        }
        assembler.close();
    }

    @Test
    void aFrameUnderWayIsReadIntoItsOwnBuffer() {
        ByteBuf stream = frame(200_000);
        assembler.onRead(allocator, stream.readRetainedSlice(50_000));
        ByteBuf target = assembler.readBuffer(allocator);
        int before = target.writerIndex();
        assertThat(before).isEqualTo(50_000 - 4);
        target.writeBytes(stream, target.writableBytes());
        assembler.onRead(allocator, target);
        assertThat(sink.frames).hasSize(1);
        assertThat(sink.frames.get(0)).hasSize(200_000);
        stream.release();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void announcingALongFrameTakesNoMoreThanTheSmallestBuffer() {
        ByteBuf stream = allocator.directBuffer().writeInt(FRAME_MAX).writeBytes(new byte[100]);
        assembler.onRead(allocator, stream);
        assertThat(budget.usedBytes()).isPositive().isLessThanOrEqualTo(64 << 10);
        assertThat(assembler.midFrame()).isTrue();
        assembler.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void lengthsThatAreNotAllowedAreRefusedFromTheirFourBytes() {
        for (int length : new int[] {-1, Integer.MIN_VALUE, 0, 7, FRAME_MAX + 1, Integer.MAX_VALUE}) {
            FrameAssembler fresh = new FrameAssembler(FRAME_MAX, budget, sink);
            assertThatThrownBy(() ->
                            fresh.onRead(allocator, allocator.directBuffer().writeInt(length)))
                    .isInstanceOf(MalformedRequestException.class)
                    .hasMessageContaining("length=" + length);
            fresh.close();
            assertThat(budget.usedBytes()).isZero();
        }
    }

    @Test
    void nothingIsLostWhileTheSinkWantsNoFrames() {
        sink.wanted = 1;
        ByteBuf stream = allocator.directBuffer();
        for (int i = 0; i < 3; i++) {
            stream.writeInt(16).writeLong(i).writeLong(i);
        }
        ByteBuf second = stream.readRetainedSlice(30);
        assembler.onRead(allocator, second);
        assertThat(sink.frames).hasSize(1);
        assertThat(assembler.hasUnread()).isTrue();
        assembler.onRead(allocator, stream);
        sink.wanted = 3;
        assembler.resume(allocator);
        assertThat(sink.frames).hasSize(3);
        assertThat(sink.frames.get(2)[7]).isEqualTo((byte) 2);
        assertThat(assembler.hasUnread()).isFalse();
    }

    @Test
    void aFrameDoesNotGrowWhileTheBudgetIsFarExceeded() {
        budget.take(8 << 20);
        FrameAssembler slow = new FrameAssembler(FRAME_MAX, budget, sink);
        ByteBuf drip = allocator.directBuffer().writeInt(FRAME_MAX).writeBytes(new byte[8]);
        slow.onRead(allocator, drip);
        ByteBuf own = slow.readBuffer(allocator);
        own.writeZero(own.writableBytes());
        slow.onRead(allocator, own);
        assertThat(slow.waitsForRoom()).isTrue();
        budget.giveBack(8 << 20);
        slow.resume(allocator);
        assertThat(slow.waitsForRoom()).isFalse();
        slow.close();
        assertThat(budget.usedBytes()).isZero();
    }

    private ByteBuf frame(int size) {
        return allocator.directBuffer(size + 4).writeInt(size).writeBytes(new byte[size]);
    }

    private void read(ByteBuf stream, int bytes) {
        int length = Math.min(bytes, stream.readableBytes());
        ByteBuf target = assembler.readBuffer(allocator);
        int count = Math.min(length, target.writableBytes());
        target.writeBytes(stream, count);
        assembler.onRead(allocator, target);
    }
}
