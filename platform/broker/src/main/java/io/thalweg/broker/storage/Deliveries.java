package io.thalweg.broker.storage;

import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what one thread has to tell to many contexts, and hands it over as one task for each event loop, in the order
 * in which it was added. Confined to the thread that collects.
 */
public final class Deliveries {

    private static final Logger LOGGER = LoggerFactory.getLogger(Deliveries.class);

    private final List<Batch> batches = new ArrayList<>();

    public void add(Delivery delivery) {
        ContextInternal context = delivery.context();
        Object thread = context.isEventLoopContext() ? context.nettyEventLoop() : context;
        for (Batch batch : batches) {
            if (batch.thread == thread) {
                batch.deliveries.add(delivery);
                return;
            }
        }
        Batch batch = new Batch(thread, context);
        batch.deliveries.add(delivery);
        batches.add(batch);
    }

    /** Hands everything over and begins anew. */
    public void flush() {
        for (Batch batch : batches) {
            batch.send();
        }
        batches.clear();
    }

    private static final class Batch implements Runnable {
        final Object thread;
        final ContextInternal context;
        final List<Delivery> deliveries = new ArrayList<>();

        Batch(Object thread, ContextInternal context) {
            this.thread = thread;
            this.context = context;
        }

        void send() {
            try {
                if (context.isEventLoopContext()) {
                    context.nettyEventLoop().execute(this);
                } else {
                    context.runOnContext(nothing -> run());
                }
            } catch (RejectedExecutionException closed) {
                // The event loop is gone, and with it everybody who waited there; what the deliveries hold is given
                // back.
                run();
            }
        }

        @Override
        public void run() {
            for (Delivery delivery : deliveries) {
                try {
                    delivery.deliver();
                } catch (RuntimeException | Error defect) {
                    LOGGER.atError()
                            .setMessage("a completion failed")
                            .setCause(defect)
                            .log();
                }
            }
        }
    }
}
