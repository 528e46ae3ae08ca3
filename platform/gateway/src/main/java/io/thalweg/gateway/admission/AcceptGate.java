package io.thalweg.gateway.admission;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the accepted sockets of a Vert.x instance, over all its servers, before any door hears of them. A door refuses a
 * connection on an event loop, some time after it was accepted; in between a burst could take every file descriptor of the
 * process. At the bound, accepting pauses until a socket is closed, and who connects meanwhile waits in the kernel. The bound
 * is meant to be a little more than the doors' seats, so that the doors go on deciding who stays.
 *
 * <p>A server accepts one socket at a time, so that there is at most one beyond the bound for each server. Thread-safe.
 */
@Sharable
public final class AcceptGate extends ChannelInboundHandlerAdapter {

    private static final Logger LOGGER = LoggerFactory.getLogger(AcceptGate.class);

    private final AtomicInteger open = new AtomicInteger();
    private volatile int max = Integer.MAX_VALUE;

    /** Servers that do not accept now. Guarded by this. */
    private final Set<Channel> paused = new HashSet<>();

    /** For {@code VertxBuilder.withTransport}: the transport that the options would choose, behind this gate. */
    public Transport transport(VertxOptions options) {
        Transport preferred = options.getPreferNativeTransport() ? Transport.nativeTransport() : null;
        return new GuardedTransport(preferred == null || !preferred.available() ? Transport.NIO : preferred, this);
    }

    /** @param sockets that may be open at a time from now on, at least 1; unbounded before this is called */
    public void bound(int sockets) {
        max = sockets;
    }

    /** Accepted sockets that are open. */
    public int open() {
        return open.get();
    }

    void guard(ServerBootstrap server) {
        // Its default is one socket for each look; a transport's own is sixteen.
        server.handler(this).option(ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator());
    }

    /** A server has accepted a socket; this comes before Vert.x hands it to an event loop. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Channel accepted) {
            if (open.incrementAndGet() >= max) {
                pause(ctx.channel());
            }
            accepted.closeFuture().addListener(closed -> onClosed());
        }
        ctx.fireChannelRead(message);
    }

    private synchronized void pause(Channel server) {
        if (open.get() >= max && paused.add(server)) {
            server.config().setAutoRead(false);
            LOGGER.atDebug()
                    .addKeyValue("server", server.localAddress())
                    .addKeyValue("open", open.get())
                    .addKeyValue("max", max)
                    .log("accepting pauses: all sockets that may be open are");
        }
    }

    private void onClosed() {
        if (open.decrementAndGet() < max) {
            resume();
        }
    }

    private synchronized void resume() {
        if (paused.isEmpty() || open.get() >= max) {
            return;
        }
        for (Channel server : paused) {
            server.config().setAutoRead(true);
        }
        paused.clear();
    }
}
