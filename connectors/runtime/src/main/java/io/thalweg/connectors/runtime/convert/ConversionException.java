package io.thalweg.connectors.runtime.convert;

import org.jspecify.annotations.Nullable;

/** A record's key, value or header does not fit its converter. The message never shows what is in it. */
public final class ConversionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConversionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
