package io.thalweg.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.Futures;
import io.thalweg.broker.storage.Deliveries;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaiterListTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        Futures.await(vertx.close());
    }

    @Test
    void onlyThoseWhoHaveEnoughAreWokenAndEachOnce() {
        WaiterList list = new WaiterList();
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        Counting small = new Counting(context, 10);
        Counting large = new Counting(context, 100);
        Counting removed = new Counting(context, 1);
        list.add(small);
        list.add(large);
        list.add(removed).remove();

        Deliveries deliveries = new Deliveries();
        list.wake(waiter -> waiter.onReadable(60), deliveries);
        list.wake(waiter -> waiter.onReadable(60), deliveries);
        list.wake(waiter -> waiter.onReadable(60), deliveries);
        deliveries.flush();

        Futures.await(small.delivered.future());
        Futures.await(large.delivered.future());
        assertThat(removed.delivered.future().isComplete()).isFalse();
    }

    /** A reader registers and then looks; a writer publishes and then wakes: no round may leave the reader asleep. */
    @Test
    void noWakeUpIsLostBetweenRegisteringAndLooking() {
        WaiterList list = new WaiterList();
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        AtomicLong published = new AtomicLong();
        AtomicBoolean stopped = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            Deliveries deliveries = new Deliveries();
            while (!stopped.get()) {
                published.incrementAndGet();
                list.wake(Waiter::onChanged, deliveries);
                deliveries.flush();
                Thread.onSpinWait();
            }
        });
        writer.start();
        int waited = 0;
        try {
            for (int round = 0; round < 2_000; round++) {
                long before = published.get();
                Counting waiter = new Counting(context, 1);
                WaiterList.Registration registration = list.add(waiter);
                if (published.get() == before) {
                    waited++;
                    Futures.await(waiter.delivered.future());
                }
                registration.remove();
            }
        } finally {
            stopped.set(true);
        }
        assertThat(waited).isPositive();
    }

    private static final class Counting implements Waiter {
        private final ContextInternal context;
        private final AtomicLong missing;
        private final AtomicBoolean armed = new AtomicBoolean(true);
        private final Promise<Void> delivered = Promise.promise();

        Counting(ContextInternal context, long missing) {
            this.context = context;
            this.missing = new AtomicLong(missing);
        }

        @Override
        public boolean onReadable(int bytes) {
            return missing.addAndGet(-bytes) <= 0 && onChanged();
        }

        @Override
        public boolean onChanged() {
            return armed.compareAndSet(true, false);
        }

        @Override
        public ContextInternal context() {
            return context;
        }

        @Override
        public void deliver() {
            delivered.complete();
        }
    }
}
