package io.thalweg.launcher.demo;

import org.jspecify.annotations.Nullable;

/** The demo did not show what it should. */
public final class DemoFailure extends RuntimeException {

    DemoFailure(String message) {
        this(message, null);
    }

    DemoFailure(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
