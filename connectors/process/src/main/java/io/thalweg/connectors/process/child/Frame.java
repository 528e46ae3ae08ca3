package io.thalweg.connectors.process.child;

import java.io.IOException;
import java.io.OutputStream;

/** Something to be written to a child's stdin; encodes itself on the writing thread. */
public interface Frame {

    void writeTo(OutputStream stdin) throws IOException;

    /** It was flushed into the pipe. */
    default void written() {}
}
