package io.thalweg.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Timers.Timer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualTimersTest {

    private final ManualClock clock = new ManualClock();
    private final ManualTimers timers = new ManualTimers(clock);
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksRunInOrderOfTimeAndSeeTheirTime() {
        timers.schedule(20, () -> run("second"));
        timers.schedule(10, () -> {
            run("first");
            timers.schedule(5, () -> run("nested"));
        });
        timers.schedule(20, () -> run("third"));
        timers.schedule(31, () -> run("later"));

        timers.advance(30);

        assertThat(ran).containsExactly("first@10", "nested@15", "second@20", "third@20");
        assertThat(clock.monotonicNanos()).isEqualTo(30_000_000L);
        assertThat(timers.pending()).isEqualTo(1);
    }

    @Test
    void aCancelledTaskDoesNotRun() {
        Timer timer = timers.schedule(10, () -> run("never"));
        timer.cancel();
        timers.advance(100);
        assertThat(ran).isEmpty();
    }

    @Test
    void theWallClockJumpsAlone() {
        clock.jumpTo(5);
        assertThat(clock.wallMillis()).isEqualTo(5);
        assertThat(clock.monotonicNanos()).isZero();
    }

    private void run(String name) {
        ran.add(name + "@" + (clock.wallMillis() - ManualClock.START_MILLIS));
    }
}
