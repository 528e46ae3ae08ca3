package io.thalweg.launcher.demo;

import org.jspecify.annotations.Nullable;

/** The demo did not show what it should. */
public final class DemoFailure extends RuntimeException {

    public DemoFailure(String message) {
        this(message, null);
    }

    public DemoFailure(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
