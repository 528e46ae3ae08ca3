package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.ManualEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WillingnessTest {

    private static final int LEAD_AFTER_MILLIS = 30_000;

    private final ManualEnvironment machine = ManualEnvironment.create(1, Path.of("/data"));
    private final Set<String> open = new HashSet<>();
    private final AtomicBoolean rejoins = new AtomicBoolean();
    private final Willingness willingness = new Willingness(
            machine.environment().clock(),
            Set.of("http", "kafka"),
            Duration.ofMillis(LEAD_AFTER_MILLIS),
            () -> open,
            rejoins::get);

    /** But leads if nobody else can. */
    @Test
    void whoHasJustOpenedItsDoorsTakesNoShare() {
        machine.timers().advance(10 * LEAD_AFTER_MILLIS);
        openDoors();
        assertThat(willingness.toLead()).isNull();
        assertThat(willingness.toTakeItsShare()).contains("it has just started");
        machine.timers().advance(LEAD_AFTER_MILLIS - 1);
        assertThat(willingness.toTakeItsShare()).contains("openForMillis=29999 wanted=30000");
        machine.timers().advance(1);
        assertThat(willingness.toTakeItsShare()).isNull();
    }

    @Test
    void nothingIsLedBehindClosedDoors() {
        open.add("kafka");
        willingness.look();
        assertThat(willingness.toLead()).contains("its doors are not open yet");
        assertThat(willingness.toTakeItsShare()).contains("its doors are not open yet");
    }

    @Test
    void nothingIsLedWhileTheMembershipIsMadeAnew() {
        openDoors();
        machine.timers().advance(LEAD_AFTER_MILLIS);
        rejoins.set(true);
        assertThat(willingness.toLead()).contains("anew");
        rejoins.set(false);
        assertThat(willingness.toTakeItsShare()).isNull();
    }

    @Test
    void whoIsBeingStoppedLeadsNothing() {
        openDoors();
        willingness.stop();
        machine.timers().advance(LEAD_AFTER_MILLIS);
        assertThat(willingness.toLead()).contains("it is being stopped");
        assertThat(willingness.toTakeItsShare()).contains("it is being stopped");
    }

    private void openDoors() {
        open.addAll(Set.of("http", "kafka"));
        willingness.look();
    }
}
