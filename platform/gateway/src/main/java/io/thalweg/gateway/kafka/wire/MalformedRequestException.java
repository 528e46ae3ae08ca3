package io.thalweg.gateway.kafka.wire;

/** Bytes that are no request that this door can answer; the connection that sent them is closed. */
public final class MalformedRequestException extends RuntimeException {

    public MalformedRequestException(String message) {
        super(message, null, false, false);
    }
}
