package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.json.JsonWriter;

/** What carries a session's messages. Confined to the connection's context. */
interface BridgeTransport {

    /** What the type of a delivered message or reply is called: the TCP bridge says "message", SockJS "rec". */
    String messageType();

    /** Whether a ping is answered. */
    boolean answersPing();

    void send(JsonWriter message);

    /** Holds more than the configured bytes that the client has not taken. */
    boolean full();

    void pauseReading();

    void resumeReading();

    /** Sends what is queued, then closes. */
    void close();
}
