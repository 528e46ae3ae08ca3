package io.thalweg.log.journal;

import org.jspecify.annotations.Nullable;

/** What an entry of the journal says about its log. */
public enum EntryKind {
    /** Batches were appended at the offset. */
    APPEND(1),
    /** The log was deleted: entries before this one are void. */
    DELETE(2),
    /** The log is about to be truncated to the offset; nothing else is appended before {@link #TRUNCATED}. */
    TRUNCATE(3),
    /** The truncation is durable in the segments: entries before this one are void. */
    TRUNCATED(4),
    /** The log start offset moved up to the offset. */
    START(5);

    private final int code;

    EntryKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static @Nullable EntryKind of(int code) {
        return code >= 1 && code <= 5 ? values()[code - 1] : null;
    }
}
