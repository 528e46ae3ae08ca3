package io.thalweg.log;

import java.nio.ByteBuffer;

/**
 * Shown what a group is about to append to one log, so that others can have it while this disk still writes (Ongaro, "Consensus:
 * Bridging Theory and Practice", section 10.2.1). With durability {@code os} nothing is shown: there is nothing to wait for.
 *
 * <p>Called on the writer's thread, under the directory's commit lock: must not block. After each call of {@link #onStaged} comes
 * either the append itself, which tells of the same end, or {@link #onStagedLost}; or nothing, and then the writer takes nothing more,
 * because it has met a defect.
 */
public interface StagedListener {

    /** Whether anybody would make use of it; asked before anything is copied. */
    boolean wantsStaged();

    /**
     * A group has been put together, and will be in the log when it is flushed. Control batches, and what was fetched from another
     * replica, are not shown, nor is anything beside them in the same group.
     *
     * @param from where the log ends
     * @param end where it will end
     * @param batches a copy: whole batches with their offsets and epochs, all of the epoch of {@code end}
     */
    void onStaged(long from, EpochOffset end, ByteBuffer batches);

    /**
     * What was shown last comes to nothing: it could not be written. As others may hold it, no append of its epoch is taken any more:
     * the log is fenced already.
     */
    void onStagedLost();
}
