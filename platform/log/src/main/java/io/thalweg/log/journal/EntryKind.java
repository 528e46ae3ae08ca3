package io.thalweg.log.journal;

import org.jspecify.annotations.Nullable;

/** What an entry of the journal says about its log. */
public enum EntryKind {
    /** Batches were appended to a log that ended at the offset; compaction at the leader may have left it out since. */
    APPEND(1),
    /** The log was deleted: entries before this one are void. */
    DELETE(2),
    /** The log is about to be truncated to the offset; nothing else is appended before {@link #TRUNCATED}. */
    TRUNCATE(3),
    /** The truncation is durable in the segments: entries before this one are void. */
    TRUNCATED(4),
    /** The log start offset moved up to the offset. */
    START(5),
    /**
     * The log is about to begin anew at the offset, with what the bytes of the entry say: entries before this one are void,
     * and nothing else is appended before {@link #RESTARTED}.
     */
    RESTART(6),
    /** The new beginning is durable in the segments: entries before this one are void. */
    RESTARTED(7);

    private final int code;

    EntryKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** Whether what the journal holds of the log before such an entry counts no more. */
    boolean voidsWhatPrecedes() {
        return this == DELETE || this == TRUNCATED || this == RESTART || this == RESTARTED;
    }

    static @Nullable EntryKind of(int code) {
        return code >= 1 && code <= 7 ? values()[code - 1] : null;
    }
}
