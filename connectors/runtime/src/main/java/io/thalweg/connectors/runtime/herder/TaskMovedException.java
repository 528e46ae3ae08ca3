package io.thalweg.connectors.runtime.herder;

/** An instance is no more because of its node, not of its task: the task is to run again, elsewhere or later. */
public final class TaskMovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TaskMovedException(String message) {
        super(message);
    }

    /** It was to stop before it had started. */
    public static TaskMovedException beforeItStarted() {
        return new TaskMovedException("the task was told to stop before it started");
    }
}
