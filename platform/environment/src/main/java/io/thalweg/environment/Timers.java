package io.thalweg.environment;

/** Runs tasks later. The implementation decides the thread and says so. */
public interface Timers {

    /**
     * Runs {@code task} once, not before {@code delayMillis} have passed.
     *
     * @param delayMillis at least 0
     */
    Timer schedule(long delayMillis, Runnable task);

    /** A scheduled task. */
    interface Timer {

        /** Prevents the task from running if it has not begun; afterwards a no-op. */
        void cancel();
    }
}
