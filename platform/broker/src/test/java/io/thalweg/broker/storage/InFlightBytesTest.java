package io.thalweg.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.Futures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InFlightBytesTest {

    private static final int OVERHEAD = 512;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        Futures.await(vertx.close());
    }

    @Test
    void nothingIsAdmittedBeyondTheBound() {
        InFlightBytes bytes = new InFlightBytes(10_000);

        long first = bytes.tryAdmit(9_000 - OVERHEAD);
        assertThat(first).isEqualTo(9_000);
        assertThat(bytes.tryAdmit(1_001 - OVERHEAD)).isZero();
        assertThat(bytes.tryAdmit(1_000 - OVERHEAD)).isEqualTo(1_000);
        assertThat(bytes.current()).isEqualTo(10_000);

        bytes.release(first);
        assertThat(bytes.tryAdmit(8_000)).isPositive();
    }

    @Test
    void oneIsAlwaysAdmittedWhenThereIsNoneSoThatNothingStarves() {
        InFlightBytes bytes = new InFlightBytes(10_000);

        assertThat(bytes.tryAdmit(1_000_000)).isPositive();
        assertThat(bytes.tryAdmit(1)).isZero();
    }

    @Test
    void reliefComesOnceHalfIsFreeAgainAndToEverybody() {
        InFlightBytes bytes = new InFlightBytes(100_000);
        List<Long> admitted = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            admitted.add(bytes.tryAdmit(10_000 - OVERHEAD));
        }
        assertThat(bytes.congested()).isTrue();
        Future<Void> one = bytes.relief(vertx);
        Future<Void> other = bytes.relief(vertx);

        for (int i = 0; i < 3; i++) {
            bytes.release(admitted.remove(0));
        }
        assertThat(one.isComplete()).isFalse();
        bytes.release(admitted.remove(0));

        Futures.await(Future.all(one, other));
        assertThat(bytes.congested()).isFalse();
    }

    @Test
    void reliefIsImmediateWithoutCongestion() {
        assertThat(new InFlightBytes(1_000).relief(vertx).isComplete()).isTrue();
    }
}
