package io.thalweg.gateway.kafka;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCounted;
import io.thalweg.gateway.kafka.wire.EncodedResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of one connection: writes responses in the order in which they come, counts what the client has not taken,
 * and gives records back when they are sent or cannot be sent any more. Confined to the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // writes report to their promise, and a close needs no report
final class Outbound {

    private static final Logger LOGGER = LoggerFactory.getLogger(Outbound.class);

    private final ChannelHandlerContext pipeline;
    private final OnSent onSent;

    /** Given to the channel and not taken by the client. */
    private long unsentBytes;

    private boolean flushScheduled;
    private long movedNanos;
    private @Nullable Object lastPart;
    private long lastProgress;

    /** Hears of every response that was sent, or never will be. */
    interface OnSent {
        /** @param unsentBefore what was unsent before this response went */
        void onSent(long unsentBefore);
    }

    /** @param pipeline where writes go out from: before Vert.x's handler, which would queue them once more */
    Outbound(ChannelHandlerContext pipeline, OnSent onSent) {
        this.pipeline = pipeline;
        this.onSent = onSent;
    }

    long unsentBytes() {
        return unsentBytes;
    }

    /** @param afterSent closed in every case, once */
    void write(EncodedResponse response, @Nullable AutoCloseable afterSent) {
        if (unsentBytes == 0) {
            movedNanos = System.nanoTime();
        }
        int size = response.sizeInBytes();
        unsentBytes += size;
        List<ReferenceCounted> parts = response.parts();
        int last = parts.size() - 1;
        for (int i = 0; i < last; i++) {
            pipeline.write(parts.get(i), pipeline.voidPromise());
        }
        // Writes end in their order, so the end of the last part is the end of all.
        ChannelPromise sent = pipeline.newPromise();
        sent.addListener(future -> sent(size, afterSent));
        pipeline.write(parts.get(last), sent);
        scheduleFlush();
    }

    /** How long the client has taken nothing of what is unsent, at most since the last call of this. */
    long stalledNanos(long nowNanos) {
        if (unsentBytes == 0 || moved()) {
            movedNanos = nowNanos;
        }
        return nowNanos - movedNanos;
    }

    /** Sends what the socket takes at once, and closes; what is left over fails and is given back. */
    void flushAndClose() {
        pipeline.flush();
        pipeline.close();
    }

    static void giveBack(@Nullable AutoCloseable resource) {
        if (resource == null) {
            return;
        }
        try {
            resource.close();
        } catch (Exception defect) {
            LOGGER.atError().setCause(defect).log("records could not be given back");
        }
    }

    private void sent(int size, @Nullable AutoCloseable afterSent) {
        giveBack(afterSent);
        long before = unsentBytes;
        unsentBytes -= size;
        if (unsentBytes == 0) {
            lastPart = null;
        }
        onSent.onSent(before);
    }

    /** Flushes once for all responses of this turn of the event loop: a system call costs more than a queued task. */
    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            pipeline.executor().execute(() -> {
                flushScheduled = false;
                pipeline.flush();
            });
        }
    }

    private boolean moved() {
        ChannelOutboundBuffer buffer = pipeline.channel().unsafe().outboundBuffer();
        if (buffer == null) {
            return false;
        }
        Object part = buffer.current();
        long progress = buffer.currentProgress();
        boolean moved = part != lastPart || progress != lastProgress;
        lastPart = part;
        lastProgress = progress;
        return moved;
    }
}
