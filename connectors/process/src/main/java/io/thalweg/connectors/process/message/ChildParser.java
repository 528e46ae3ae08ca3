package io.thalweg.connectors.process.message;

/** Reads one line of stdout. Confined to the reading thread. */
public interface ChildParser {

    ChildMessage parse(byte[] buffer, int from, int to) throws MessageException;
}
