package io.thalweg.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StartOrderTest {

    private static final List<String> MEMBERS = List.of("a:1", "b:1", "c:1");
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ManualClock clock = new ManualClock();
    private final Set<String> listening = new HashSet<>();
    private final List<String> asked = new ArrayList<>();

    @Test
    void theFirstBeginsIfNobodyIsThere() {
        assertThat(order("a:1").begins()).isTrue();
        assertThat(asked).containsExactly("b:1", "c:1");
    }

    @Test
    void theFirstLooksForTheOthersIfOneIsThere() {
        listening.add("c:1");
        assertThat(order("a:1").begins()).isFalse();
    }

    @Test
    void theFirstDoesNotBeginIfItCouldNotAskAll() {
        StartOrder.Probe slow = address -> {
            clock.advance(LOOK.toMillis());
            return false;
        };
        assertThat(new StartOrder("a:1", MEMBERS, LOOK, clock, slow, stopped).begins())
                .isFalse();
    }

    @Test
    void theOthersStartAsSoonAsSomebodyIsThere() {
        listening.add("a:1");
        assertThat(order("b:1").begins()).isFalse();
        assertThat(asked).containsExactly("a:1");
    }

    @Test
    void theOthersWaitForNobodyLongerThanToLook() {
        StartOrder.Probe nobody = address -> {
            clock.advance(LOOK.toMillis() / 10);
            asked.add(address);
            return false;
        };
        assertThat(new StartOrder("b:1", MEMBERS, LOOK, clock, nobody, stopped).begins())
                .isFalse();
        assertThat(asked).hasSize(10);
    }

    @Test
    void whoIsStoppedLooksNoMore() {
        stopped.countDown();
        assertThat(order("b:1").begins()).isFalse();
        assertThat(asked).containsExactly("a:1", "c:1");
    }

    @Test
    void whoIsAloneAsksNobody() {
        assertThat(new StartOrder("a:1", List.of(), LOOK, clock, this::listens, stopped).begins())
                .isFalse();
        assertThat(new StartOrder("a:1", List.of("a:1"), LOOK, clock, this::listens, stopped).begins())
                .isFalse();
        assertThat(asked).isEmpty();
    }

    private StartOrder order(String own) {
        return new StartOrder(own, MEMBERS, LOOK, clock, this::listens, stopped);
    }

    private boolean listens(String address) {
        asked.add(address);
        return listening.contains(address);
    }
}
