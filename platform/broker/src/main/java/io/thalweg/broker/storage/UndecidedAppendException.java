package io.thalweg.broker.storage;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;

/**
 * The batch is in the leader's log, or in a follower's, and whether it stays there is not known: only a producer with an identity may
 * send it again.
 */
public final class UndecidedAppendException extends ThalwegException {
    private static final long serialVersionUID = 1;

    public UndecidedAppendException(ErrorCode error, String message) {
        super(error, message);
    }
}
