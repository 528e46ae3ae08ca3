package io.thalweg.launcher.command;

import org.jspecify.annotations.Nullable;

/** A command could not do its work. The message is the one line that the user reads. */
final class CommandFailure extends RuntimeException {

    CommandFailure(String message) {
        this(message, null);
    }

    CommandFailure(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
