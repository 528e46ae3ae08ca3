package io.thalweg.broker.peer;

/** Bounds and types of frames; see the package's drawing. */
final class PeerFrames {

    /** What a stranger may send in one frame. */
    static final int UNAUTHENTICATED_BYTES_MAX = 1024;

    private PeerFrames() {}
}
