package io.thalweg.connectors.process;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.process.child.ChildExit;
import io.thalweg.connectors.process.child.LineTooLongException;
import io.thalweg.connectors.process.message.ChildMessage;
import io.thalweg.connectors.process.message.MessageException;
import org.jspecify.annotations.Nullable;

/** Why a run of a child ended, as the failure of a task: whether another child could do better decides its kind. */
final class ChildFailure {

    private ChildFailure() {}

    /** @param error the child's own last word, if it had one */
    static RuntimeException of(
            ProcessConfig config, Redaction redaction, ChildExit exit, ChildMessage.@Nullable GaveUp error) {
        StringBuilder text = new StringBuilder(
                "the child process ended: connector=" + config.connector() + " task=" + config.task() + " ");
        if (error != null) {
            text.append("error: ").append(error.message()).append("; ");
        }
        String message = redaction.apply(text.append(exit.describe()).toString());
        Exception cause = exit.failure();
        boolean fatal = error == null
                ? cause instanceof MessageException
                        || cause instanceof LineTooLongException
                        || cause instanceof IllegalArgumentException
                        || exit.code() == 126
                        || exit.code() == 127
                : !error.retriable();
        return fatal ? new IllegalStateException(message, cause) : new RetriableException(message, cause);
    }
}
