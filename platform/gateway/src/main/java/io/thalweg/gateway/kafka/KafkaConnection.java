package io.thalweg.gateway.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.thalweg.gateway.kafka.handler.ApiHandler;
import io.thalweg.gateway.kafka.handler.ApiTable;
import io.thalweg.gateway.kafka.handler.Reply;
import io.thalweg.gateway.kafka.handler.RequestContext;
import io.thalweg.gateway.kafka.wire.EncodedResponse;
import io.thalweg.gateway.kafka.wire.FrameAssembler;
import io.thalweg.gateway.kafka.wire.FrameReceiveAllocator;
import io.thalweg.gateway.kafka.wire.MalformedRequestException;
import io.thalweg.gateway.kafka.wire.RequestFrame;
import io.thalweg.gateway.kafka.wire.ResponseEncoder;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: starts its requests in order and sends the responses in the same order.
 *
 * <p>A request starts when nothing is under way, or when it and everything under way pipelines: appends, which are in the
 * broker's queue, in order, when their handler returns. A request that may not start yet is held, one at most, and
 * nothing more is cut from the socket's bytes until it did. The socket is not read while something is held back:
 *
 * <ul>
 *   <li>too many requests are under way, or a request is held;
 *   <li>the client has not taken what was sent to it;
 *   <li>the door holds too many bytes of requests, over all connections, or the broker too many of appends.
 * </ul>
 *
 * Confined to the event loop of its channel.
 */
final class KafkaConnection extends ChannelInboundHandlerAdapter implements FrameAssembler.FrameSink {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** A frame under way has a millisecond more for each so many bytes that have arrived: 16 kB/s is fast enough. */
    private static final int FRAME_BYTES_PER_MILLI = 16;

    private final Door door;
    private final ContextInternal context;
    private final Channel channel;
    private final String address;
    private final Runnable onFirstRequest;
    private final Runnable onClosed;
    private final FrameAssembler assembler;

    /** Set once, by {@link #begin}. */
    private @Nullable Outbound outbound;

    /** Started and not sent, oldest first. */
    private final Deque<Exchange> underWay = new ArrayDeque<>();

    /** Received, and waiting for what is under way. */
    private @Nullable Exchange held;

    private boolean waitsForBudget;
    private boolean waitsForBroker;
    private boolean draining;
    private boolean inputEnded;
    private boolean closed;
    private boolean dispatching;

    private boolean hasSentRequest;
    private long lastRequestNanos;
    private long frameBeganNanos;

    KafkaConnection(
            Door door,
            ContextInternal context,
            Channel channel,
            String address,
            Runnable onFirstRequest,
            Runnable onClosed) {
        this.door = door;
        this.context = context;
        this.channel = channel;
        this.address = address;
        this.onFirstRequest = onFirstRequest;
        this.onClosed = onClosed;
        this.assembler = new FrameAssembler(door.config().requestBytesMax(), door.budget(), this);
        long now = System.nanoTime();
        lastRequestNanos = now;
        frameBeganNanos = now;
    }

    /**
     * Takes the channel over, before Vert.x's own handler in its pipeline; no byte may have been read from it. Writes and
     * the close go out from here and not through Vert.x's handler, which would wait for a client that does not read.
     */
    void begin(String beforeHandler) {
        channel.config().setRecvByteBufAllocator(new FrameReceiveAllocator(assembler));
        // A client may send and leave, most of all one that wants no acknowledgement: what it sent is served first.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addBefore(beforeHandler, "kafka", this);
        outbound = new Outbound(channel.pipeline().context(this), this::onSent);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        boolean wasMidFrame = assembler.midFrame();
        inContext(() -> assembler.onRead(ctx.alloc(), (ByteBuf) message));
        if (!wasMidFrame && assembler.midFrame()) {
            frameBeganNanos = System.nanoTime();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        assembler.close();
        Exchange waiting = held;
        if (waiting != null) {
            held = null;
            releaseFrame(waiting);
        }
        // Those under way end with their handlers; those that have a reply already will never be sent.
        sendReplies();
        onClosed.run();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            closeIfDone();
        } else if (event != ChannelInputShutdownReadComplete.INSTANCE) {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        if (!(failure instanceof IOException)) {
            door.faults().defect(address, "connection", failure);
        }
        close();
    }

    // ---- requests

    @Override
    public boolean wantsFrame() {
        return !closed
                && !draining
                && held == null
                && underWay.size() < door.config().requestsInFlightMax()
                && outbound().unsentBytes() <= door.config().outboundBytesMax();
    }

    @Override
    public void onFrame(ByteBuf frame, int heldBytes) {
        long now = System.nanoTime();
        frameBeganNanos = now;
        lastRequestNanos = now;
        if (!hasSentRequest) {
            hasSentRequest = true;
            onFirstRequest.run();
        }
        Exchange exchange;
        try {
            exchange = receive(frame, heldBytes, now);
        } catch (RuntimeException malformed) {
            frame.release();
            door.budget().giveBack(heldBytes);
            throw malformed;
        }
        if (mayStart(exchange)) {
            start(exchange);
        } else {
            held = exchange;
        }
    }

    private Exchange receive(ByteBuf frame, int heldBytes, long now) {
        RequestFrame request = RequestFrame.parse(frame);
        ApiHandler<ApiMessage> handler = door.apis().find(request.key(), request.version());
        if (handler != null) {
            return new Exchange(request, request.message(), handler, frame, heldBytes, now);
        }
        if (request.key() == ApiKeys.API_VERSIONS) {
            // KIP-511: version 0 of the response, which every client can read, says which versions there are.
            RequestFrame downgraded = new RequestFrame(
                    request.key(), (short) 0, request.correlationId(), request.clientId(), request.body());
            ApiMessage response = ApiTable.unsupportedApiVersions();
            Exchange exchange = new Exchange(downgraded, response, null, frame, heldBytes, now);
            exchange.replied(Reply.of(response));
            return exchange;
        }
        throw new MalformedRequestException(
                "api or version is not served: api=" + request.key() + " version=" + request.version());
    }

    private boolean mayStart(Exchange exchange) {
        if (exchange.pipelines() && door.broker().appendsCongested()) {
            awaitBroker();
            return false;
        }
        Exchange last = underWay.peekLast();
        // All under way pipeline if the last does: it could not have started otherwise.
        return last == null || (exchange.pipelines() && last.pipelines());
    }

    private void start(Exchange exchange) {
        underWay.add(exchange);
        KafkaGatewayMetrics.Api metrics = door.metrics().api(exchange.key());
        metrics.requests.increment();
        metrics.requestBytes.add(exchange.frame().readableBytes());
        ApiHandler<ApiMessage> handler = exchange.handler();
        if (handler == null) {
            releaseFrame(exchange);
            sendReplies();
            return;
        }
        Future<Reply> reply;
        try {
            reply = handler.handle(
                    exchange.message(), new RequestContext(exchange.version(), exchange.clientId(), "/" + address));
        } catch (RuntimeException defect) {
            reply = Future.failedFuture(defect);
        }
        if (!exchange.pipelines()) {
            // Only appends point into the frame: an idle long poll must not keep a read buffer.
            releaseFrame(exchange);
        }
        reply.onComplete(outcome -> onReply(exchange, outcome));
    }

    private void onReply(Exchange exchange, AsyncResult<Reply> outcome) {
        if (!channel.eventLoop().inEventLoop()) {
            channel.eventLoop().execute(() -> onReply(exchange, outcome));
            return;
        }
        if (exchange.pipelines()) {
            releaseFrame(exchange);
        }
        exchange.replied(outcome.succeeded() ? outcome.result() : failed(exchange, outcome.cause()));
        sendReplies();
        if (!dispatching) {
            goOn();
        }
    }

    private Reply failed(Exchange exchange, Throwable failure) {
        ErrorCode error = ThalwegException.codeOf(failure);
        door.metrics().api(exchange.key()).errors.increment();
        if (!(failure instanceof ThalwegException)) {
            door.faults().defect(address, exchange.key() + " version " + exchange.version(), failure);
        }
        try {
            ApiMessage response = ErrorResponses.of(exchange.key(), exchange.version(), exchange.message(), error);
            return response == null ? Reply.cut("request failed: error=" + error) : Reply.of(response);
        } catch (RuntimeException defect) {
            return Reply.cut("request failed: error=" + error);
        }
    }

    private void releaseFrame(Exchange exchange) {
        exchange.frame().release();
        door.budget().giveBack(exchange.heldBytes());
    }

    /** Starts what is held and cuts more frames, as far as that is possible now. */
    private void goOn() {
        inContext(() -> {
            Exchange waiting = held;
            if (waiting != null && mayStart(waiting)) {
                held = null;
                start(waiting);
            }
            assembler.resume(channel.alloc());
        });
    }

    /** Runs a step that may start requests; brokers answer on the context that is current then. */
    private void inContext(Runnable step) {
        if (dispatching) {
            step.run();
            return;
        }
        dispatching = true;
        ContextInternal before = context.beginDispatch();
        try {
            step.run();
            // Requests that were answered at once made room that nobody has used yet.
            while (!closed && canContinue()) {
                Exchange waiting = held;
                if (waiting != null) {
                    held = null;
                    start(waiting);
                }
                assembler.resume(channel.alloc());
            }
        } catch (MalformedRequestException malformed) {
            cut(String.valueOf(malformed.getMessage()));
        } finally {
            context.endDispatch(before);
            dispatching = false;
        }
        adjustReading();
    }

    private boolean canContinue() {
        Exchange waiting = held;
        if (waiting != null) {
            return mayStart(waiting);
        }
        return assembler.hasUnread() && wantsFrame() && !assembler.waitsForRoom();
    }

    /** Reads the socket unless there are bytes already that cannot be used now. */
    private void adjustReading() {
        if (assembler.waitsForRoom()) {
            awaitBudget();
        }
        boolean read = !closed && held == null && !assembler.hasUnread() && !assembler.waitsForRoom() && !draining;
        if (read != channel.config().isAutoRead()) {
            if (read) {
                // What the client could not send meanwhile is not its fault.
                frameBeganNanos = System.nanoTime();
            }
            channel.config().setAutoRead(read);
        }
        closeIfDone();
    }

    /**
     * In a drain the connection ends with its last response. After the client's last byte it ends when its appends are
     * in the log; nobody is there any more to take what a long poll or a join would answer.
     */
    private void closeIfDone() {
        Exchange last = underWay.peekLast();
        boolean left = inputEnded && held == null && !assembler.hasUnread() && (last == null || !last.pipelines());
        boolean drained = draining && last == null;
        if ((left || drained) && outbound().unsentBytes() == 0) {
            close();
        }
    }

    private void awaitBudget() {
        if (!waitsForBudget) {
            waitsForBudget = true;
            door.budget()
                    .await(() -> channel.eventLoop().execute(() -> {
                        waitsForBudget = false;
                        goOn();
                    }));
        }
    }

    private void awaitBroker() {
        if (!waitsForBroker) {
            waitsForBroker = true;
            door.broker()
                    .appendsUncongested()
                    .onComplete(open -> channel.eventLoop().execute(() -> {
                        waitsForBroker = false;
                        goOn();
                    }));
        }
    }

    // ---- responses

    private void sendReplies() {
        Exchange first;
        while ((first = underWay.peekFirst()) != null) {
            Reply reply = first.reply();
            if (reply == null) {
                break;
            }
            underWay.removeFirst();
            send(first, reply);
        }
    }

    private void send(Exchange exchange, Reply reply) {
        KafkaGatewayMetrics.Api metrics = door.metrics().api(exchange.key());
        metrics.nanos.add(System.nanoTime() - exchange.startNanos());
        ApiMessage message = reply.message();
        if (closed || message == null) {
            Outbound.giveBack(reply.afterSent());
            String reason = reply.cutReason();
            if (reason != null && !closed) {
                metrics.errors.increment();
                cut(reason);
            }
            return;
        }
        EncodedResponse response;
        try {
            response = ResponseEncoder.encode(
                    channel.alloc(), exchange.key(), exchange.version(), exchange.correlationId(), message);
        } catch (RuntimeException defect) {
            Outbound.giveBack(reply.afterSent());
            metrics.errors.increment();
            door.faults().defect(address, exchange.key() + " version " + exchange.version(), defect);
            cut("response cannot be encoded");
            return;
        }
        metrics.responseBytes.add(response.sizeInBytes());
        outbound().write(response, reply.afterSent());
    }

    private void onSent(long unsentBefore) {
        if (dispatching || closed) {
            return;
        }
        if (unsentBefore > door.config().outboundBytesMax() && channel.isActive()) {
            goOn();
        } else {
            closeIfDone();
        }
    }

    // ---- patience and end

    /** Closes the connection if the client keeps it without using it; to be called about once a second. */
    void sweep(long nowNanos) {
        KafkaGatewayConfig config = door.config();
        Outbound out = outbound();
        if (out.unsentBytes() > 0) {
            if (out.stalledNanos(nowNanos) > config.writeStallMillis() * NANOS_PER_MILLI) {
                cut("client takes no responses: unsentBytes=" + out.unsentBytes());
            }
            return;
        }
        if (assembler.midFrame()) {
            long allowedMillis = config.frameMillis() + assembler.midFrameBytes() / FRAME_BYTES_PER_MILLI;
            boolean ours = !channel.config().isAutoRead() && !assembler.waitsToGrow();
            if (!ours && nowNanos - frameBeganNanos > allowedMillis * NANOS_PER_MILLI) {
                cut("frame is not whole in time: bytes=" + assembler.midFrameBytes());
            }
            return;
        }
        if (!underWay.isEmpty() || held != null) {
            return;
        }
        long idleNanos = nowNanos - lastRequestNanos;
        if (!hasSentRequest && idleNanos > config.firstRequestMillis() * NANOS_PER_MILLI) {
            cut("no request in time");
        } else if (idleNanos > config.idleMillis() * NANOS_PER_MILLI) {
            // Ordinary, as in Kafka: clients come back when they need it.
            close();
        }
    }

    /** Takes no more requests, and closes once those under way are answered. */
    void drain() {
        draining = true;
        adjustReading();
    }

    private void close() {
        outbound().flushAndClose();
    }

    private Outbound outbound() {
        return Objects.requireNonNull(outbound, "the connection has not begun");
    }

    /** Sends what is ready, and closes because of something that the client did. */
    private void cut(String reason) {
        if (closed || !channel.isOpen()) {
            return;
        }
        closed = true;
        door.metrics().connectionsCut.increment();
        door.faults().connectionCut(address, reason);
        assembler.close();
        // There is no waiting for a client that does wrong.
        close();
    }
}
