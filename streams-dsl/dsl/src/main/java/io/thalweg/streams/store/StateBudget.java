package io.thalweg.streams.store;

/**
 * How many bytes of state the node may hold in memory. Whoever runs tasks gives one object to all of them, so it must be safe
 * for their threads.
 */
public interface StateBudget {

    /** Without a limit: for tests. */
    StateBudget UNLIMITED = bytes -> {};

    /**
     * Takes account of that many more bytes, or fewer if negative; called in steps of some kilobytes, not for each record.
     *
     * @throws StateBudgetException if there is no room; nothing is taken then, and the task fails
     */
    void reserve(long bytes);
}
