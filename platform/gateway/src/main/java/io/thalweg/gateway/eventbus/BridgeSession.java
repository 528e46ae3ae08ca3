package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation: answers its requests, keeps its subscriptions, and reads on only while what it asked for
 * and what it has not taken stay within the limits. Confined to the connection's context.
 */
final class BridgeSession implements SubscriptionOutlet {

    private static final Logger LOGGER = LoggerFactory.getLogger(BridgeSession.class);
    private static final byte[] NO_BODY = {'{', '}'};

    private final DoorContext door;
    private final Addresses addresses;
    private final BridgeTransport transport;
    private final String remote;
    private final Subscriptions subscriptions;
    private int inFlight;
    private long inFlightBytes;
    private boolean reading = true;
    private boolean ended;

    BridgeSession(DoorContext door, Addresses addresses, BridgeTransport transport, String remote) {
        this.door = door;
        this.addresses = addresses;
        this.transport = transport;
        this.remote = remote;
        this.subscriptions = new Subscriptions(addresses.subscribing(), this);
    }

    /** One message of the client. Fails the conversation if it is not one. */
    void onMessage(byte[] message) {
        if (ended) {
            return;
        }
        door.metrics().messagesIn.increment();
        JsonMembers members;
        String type;
        String address;
        String replyAddress;
        try {
            members = JsonMembers.of(message);
            type = members.requiredString("type");
            address = members.string("address");
            replyAddress = members.string("replyAddress");
        } catch (ThalwegException malformed) {
            refuse(malformed);
            return;
        }
        switch (type) {
            case "ping" -> {
                if (transport.answersPing()) {
                    transport.send(BridgeMessages.pong());
                }
            }
            case "send", "publish" -> onRequest(members, message.length, address, replyAddress);
            case "register", "unregister" -> onRegister(type.equals("register"), address, replyAddress);
            default ->
                transport.send(BridgeMessages.failure(
                        replyAddress,
                        address,
                        new ThalwegException(
                                ErrorCode.INVALID_REQUEST,
                                "type=" + BridgeMessages.shown(type)
                                        + " found; ping, send, publish, register or unregister expected")));
        }
        readOnWhileThereIsRoom();
    }

    /** Tells the client why, and closes: what follows cannot be understood. */
    void refuse(ThalwegException failure) {
        if (!ended) {
            door.log().warn(remote, BridgeMessages.text(failure));
            door.metrics().connectionsCut.increment();
            transport.send(BridgeMessages.failure(null, null, failure));
            end();
            transport.close();
        }
    }

    /** The connection is gone, or is about to be. */
    Future<Void> end() {
        ended = true;
        return subscriptions.closeAll();
    }

    /** The client took enough of what was queued. */
    void onDrain() {
        subscriptions.resumeAll();
        readOnWhileThereIsRoom();
    }

    int inFlight() {
        return inFlight;
    }

    private void onRequest(JsonMembers message, int bytes, @Nullable String address, @Nullable String replyAddress) {
        if (address == null) {
            transport.send(BridgeMessages.failure(
                    replyAddress, null, new ThalwegException(ErrorCode.INVALID_REQUEST, "member address is missing")));
            return;
        }
        byte[] raw = message.raw("body");
        byte[] body = raw == null || (raw.length > 0 && raw[0] == 'n') ? NO_BODY : raw;
        long held = bytes + addresses.answerBytesMax(address, body);
        inFlight++;
        inFlightBytes += held;
        answer(address, body).onComplete(outcome -> {
            inFlight--;
            inFlightBytes -= held;
            if (ended) {
                return;
            }
            if (outcome.failed()) {
                onFailure(address, replyAddress, outcome.cause());
            } else if (replyAddress != null) {
                reply(address, replyAddress, outcome.result());
            }
            readOnWhileThereIsRoom();
        });
    }

    private Future<JsonWriter> answer(String address, byte[] body) {
        try {
            Future<JsonWriter> own = subscriptions.request(address, body);
            return own != null ? own : addresses.request(address, body);
        } catch (ThalwegException refused) {
            return Future.failedFuture(refused);
        }
    }

    private void reply(String address, String replyAddress, JsonWriter body) {
        JsonWriter message = BridgeMessages.message(transport.messageType(), replyAddress, body);
        if (message.size() > door.config().frameBytesMax()) {
            onFailure(
                    address,
                    replyAddress,
                    new ThalwegException(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "the answer does not fit a frame: bytes=" + message.size() + " frameBytesMax="
                                    + door.config().frameBytesMax() + "; ask for less"));
            return;
        }
        transport.send(message);
    }

    private void onFailure(String address, @Nullable String replyAddress, Throwable failure) {
        door.metrics().requestsFailed.increment();
        if (!(failure instanceof ThalwegException)) {
            LOGGER.atError()
                    .addKeyValue("error", failure.toString())
                    .setCause(failure)
                    .log("event-bus request failed");
        }
        if (ThalwegException.codeOf(failure) == ErrorCode.CLUSTER_AUTHORIZATION_FAILED) {
            door.metrics().messagesDenied.increment();
            door.log().warn(remote, BridgeMessages.text(failure));
        }
        transport.send(BridgeMessages.failure(replyAddress == null ? address : replyAddress, address, failure));
    }

    private void onRegister(boolean register, @Nullable String address, @Nullable String replyAddress) {
        if (address == null || !subscriptions.register(address, register)) {
            onFailure(
                    address == null ? "" : address,
                    replyAddress,
                    BridgeMessages.denied(address == null ? "" : address));
        }
    }

    private void readOnWhileThereIsRoom() {
        boolean room = inFlight < door.config().inFlightMax()
                && inFlightBytes <= door.config().outboundBytesMax()
                && !transport.full()
                && !door.broker().appendsCongested();
        if (room != reading && !ended) {
            reading = room;
            if (room) {
                transport.resumeReading();
            } else {
                transport.pauseReading();
                if (door.broker().appendsCongested()) {
                    door.broker().appendsUncongested().onComplete(over -> readOnWhileThereIsRoom());
                }
            }
        }
    }

    // ---- what subscriptions send

    @Override
    public boolean full() {
        return transport.full();
    }

    @Override
    public void deliver(String address, JsonWriter record) {
        JsonWriter message = BridgeMessages.message(transport.messageType(), address, record);
        if (message.size() > door.config().frameBytesMax()) {
            fail(
                    address,
                    new ThalwegException(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "a record was left out, it does not fit a frame: bytes=" + message.size()
                                    + " frameBytesMax=" + door.config().frameBytesMax()));
            return;
        }
        door.metrics().recordsDelivered.increment();
        transport.send(message);
    }

    @Override
    public void fail(String address, Throwable failure) {
        transport.send(BridgeMessages.failure(address, address, failure));
    }
}
