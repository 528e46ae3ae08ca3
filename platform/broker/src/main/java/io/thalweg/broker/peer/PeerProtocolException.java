package io.thalweg.broker.peer;

/** The other side of a connection does not speak the protocol; the connection ends. Says so without any of its bytes. */
final class PeerProtocolException extends Exception {

    PeerProtocolException(String message) {
        super(message, null, false, false);
    }
}
