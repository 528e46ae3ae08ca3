package io.thalweg.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgainTest {

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger tries = new AtomicInteger();

    @AfterEach
    void close() {
        Futures.await(vertx.close());
    }

    @Test
    void itIsTriedUntilItWorks() {
        assertThat(Futures.await(Again.after(vertx, 1, failure -> true, () -> {
                    int number = tries.incrementAndGet();
                    return number < 5 ? Future.failedFuture("not yet") : Future.succeededFuture(number);
                })))
                .isEqualTo(5);
    }

    @Test
    void whatIsNotWorthATryFails() {
        assertThatThrownBy(() -> Futures.await(Again.after(vertx, 1, failure -> tries.get() < 3, () -> {
                    tries.incrementAndGet();
                    throw new IllegalStateException("never");
                })))
                .isInstanceOf(IllegalStateException.class);
        assertThat(tries).hasValue(3);
    }
}
