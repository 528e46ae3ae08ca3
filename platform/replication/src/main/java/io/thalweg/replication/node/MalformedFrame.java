package io.thalweg.replication.node;

/** Bytes that no node of this version sends. Nothing of them was believed. */
final class MalformedFrame extends Exception {
    private static final long serialVersionUID = 1;

    MalformedFrame(String message) {
        super(message);
    }
}
