package io.thalweg.coordination.runtime;

import org.jspecify.annotations.Nullable;

/**
 * The state machine of one partition. It reads no clock and calls nothing: time arrives with the {@link Turn}, effects
 * leave through it. Operations are methods of the implementation, called through {@link CoordinatorRuntime#execute}.
 */
public interface CoordinatorShard {

    /** Rebuilds state from one committed record, in log order. Called only while loading; unknown keys are skipped. */
    void replay(byte[] key, byte @Nullable [] value);

    /** All was replayed: start timers, and whatever must follow. */
    void onLoaded(Turn turn);

    /**
     * A timer of {@link Turn#schedule} is due.
     *
     * @param lateNanos how much later than asked it runs; much means that this process stood still
     */
    void onTimer(Object timer, long lateNanos, Turn turn);
}
