package io.thalweg.connectors.process.child;

import java.io.IOException;

/** A line beyond the bound; what follows cannot be understood. */
public final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1;

    LineTooLongException(int lineBytesMax) {
        super("a line of stdout is longer than line.bytes.max=" + lineBytesMax
                + "; send fewer records in one message, or raise it");
    }
}
