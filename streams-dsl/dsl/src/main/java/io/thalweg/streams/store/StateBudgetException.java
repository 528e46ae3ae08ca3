package io.thalweg.streams.store;

/** The node's budget for state is used up; the task that met it fails. */
public final class StateBudgetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StateBudgetException(String message) {
        super(message);
    }
}
