package io.thalweg.connectors.runtime.task;

/** Which task this is. */
public record TaskIdentity(String connector, int index) {

    public TaskIdentity {
        if (index < 0) {
            throw new IllegalArgumentException("task: connector=" + connector + " index=" + index);
        }
    }

    @Override
    public String toString() {
        return connector + "-" + index;
    }
}
