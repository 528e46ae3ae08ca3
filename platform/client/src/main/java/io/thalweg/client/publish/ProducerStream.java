package io.thalweg.client.publish;

import io.thalweg.client.OutgoingRecord;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The producer as a stream: full from half of the producer's buffer (or the queue size that was set, in bytes), writable
 * again at half of that.
 */
final class ProducerStream implements WriteStream<OutgoingRecord> {

    private final LocalProducer producer;
    private final ContextInternal context;
    private final AtomicBoolean draining = new AtomicBoolean();
    private volatile long fullBytes;
    private volatile @Nullable Handler<Void> drainHandler;
    private volatile @Nullable Handler<Throwable> exceptionHandler;

    ProducerStream(LocalProducer producer, ContextInternal context) {
        this.producer = producer;
        this.context = context;
        this.fullBytes = Math.max(1, producer.config().bufferBytesMax() / 2);
    }

    @Override
    public Future<Void> write(OutgoingRecord record) {
        return producer.send(record).onFailure(this::report).mapEmpty();
    }

    @Override
    public Future<Void> end() {
        producer.forget(this);
        return producer.flush();
    }

    @Override
    public boolean writeQueueFull() {
        if (producer.bufferedBytes() < fullBytes) {
            return false;
        }
        draining.set(true);
        onBytesReleased(); // what was released between the two lines above is not missed
        return draining.get();
    }

    @Override
    public WriteStream<OutgoingRecord> setWriteQueueMaxSize(int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("write queue: maxBytes=" + maxBytes + " allowed=[1, ]");
        }
        fullBytes = Math.min(maxBytes, producer.config().bufferBytesMax());
        return this;
    }

    @Override
    public WriteStream<OutgoingRecord> drainHandler(@Nullable Handler<Void> handler) {
        drainHandler = handler;
        return this;
    }

    @Override
    public WriteStream<OutgoingRecord> exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        return this;
    }

    void onBytesReleased() {
        if (draining.get() && producer.bufferedBytes() <= fullBytes / 2 && draining.compareAndSet(true, false)) {
            context.runOnContext(turn -> {
                Handler<Void> handler = drainHandler;
                if (handler != null) {
                    handler.handle(null);
                }
            });
        }
    }

    private void report(Throwable failure) {
        Handler<Throwable> handler = exceptionHandler;
        if (handler != null) {
            handler.handle(failure);
        }
    }
}
