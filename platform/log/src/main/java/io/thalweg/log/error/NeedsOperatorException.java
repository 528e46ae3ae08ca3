package io.thalweg.log.error;

/**
 * Nothing is stored in a log of this node any more until an operator has acted: its directory is offline, its writer met a
 * defect, or it is damaged and must be repaired. To a client of the network this is its {@link #error()} like any other; to
 * a caller in this process it also says that waiting and trying again on this node is of no use.
 */
public final class NeedsOperatorException extends ThalwegException {

    public NeedsOperatorException(String message, Throwable cause) {
        super(ErrorCode.KAFKA_STORAGE_ERROR, message, cause);
    }
}
