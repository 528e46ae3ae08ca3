package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import org.jspecify.annotations.Nullable;

/** The messages that the door sends, as Vert.x' clients expect them. */
final class BridgeMessages {

    private static final String INTERNAL =
            "the node failed to serve this request; its log has the cause. The request may or may not have had an effect";

    private BridgeMessages() {}

    /** @param type as the transport calls it */
    static JsonWriter message(String type, String address, JsonWriter body) {
        JsonWriter json = new JsonWriter(96 + address.length() + body.size());
        json.beginObject().field("type", type).field("address", address).field("send", true);
        return json.name("body").raw(body.toBytes()).endObject();
    }

    static JsonWriter pong() {
        return new JsonWriter(32).beginObject().field("type", "pong").endObject();
    }

    /**
     * @param address where the client waits: its reply address, or else the address that it used, so that it can tell
     *     what failed
     * @param sourceAddress that the failed message went to, or null
     */
    static JsonWriter failure(@Nullable String address, @Nullable String sourceAddress, Throwable failure) {
        ErrorCode error = ThalwegException.codeOf(failure);
        JsonWriter json = new JsonWriter().beginObject().field("type", "err");
        if (address != null) {
            json.field("address", address);
        }
        if (sourceAddress != null) {
            json.field("sourceAddress", sourceAddress);
        }
        return json.field("failureCode", error.code())
                .field("failureType", "RECIPIENT_FAILURE")
                .field("error", error.name())
                .field("retriable", error.retriable())
                .field("message", text(failure))
                .endObject();
    }

    /** What a client may read about a failure; of what is not a ThalwegException it is told nothing. */
    static String text(Throwable failure) {
        String message = failure instanceof ThalwegException ? failure.getMessage() : null;
        return message == null ? INTERNAL : message;
    }

    static ThalwegException denied(String address) {
        return new ThalwegException(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, "access denied: address=" + shown(address));
    }

    /** What a client sent, short enough for a message. */
    static String shown(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "...";
    }
}
