package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the controller that this broker is here and where its doors are; again whenever they move, and until it has heard it.
 * Confined to the metadata context.
 */
final class Registration {

    private static final Logger LOGGER = LoggerFactory.getLogger(Registration.class);

    private static final int AGAIN_MILLIS = 100;
    private static final int TRIED_BETWEEN_WORDS = 50;

    private final Vertx vertx;
    private final Context context;
    private final ControllerLink controller;
    private final int incarnation;
    private final @Nullable String rack;
    private final Uuid directoryId;
    private final Supplier<Map<String, Endpoint>> endpoints;
    private final Promise<Void> registered = Promise.promise();
    private boolean underWay;
    private boolean changed;
    private volatile boolean closed;
    private int tried;

    Registration(
            Vertx vertx,
            Context context,
            ControllerLink controller,
            int incarnation,
            @Nullable String rack,
            Uuid directoryId,
            Supplier<Map<String, Endpoint>> endpoints) {
        this.vertx = vertx;
        this.context = context;
        this.controller = controller;
        this.incarnation = incarnation;
        this.rack = rack;
        this.directoryId = directoryId;
        this.endpoints = endpoints;
    }

    /** Completes when the metadata that this node has applied holds its registration. From any thread. */
    Future<Void> register() {
        update();
        return registered.future();
    }

    /** Something of it has changed. From any thread. */
    void update() {
        context.runOnContext(nothing -> {
            changed = true;
            if (!underWay && !closed) {
                send();
            }
        });
    }

    /** From any thread. */
    void close() {
        closed = true;
        registered.tryFail("the node is closing");
    }

    private void send() {
        underWay = true;
        changed = false;
        JsonObject command = ControllerLink.command("register")
                .put("brokerEpoch", (long) incarnation)
                .put("rack", rack)
                .put("directoryId", directoryId.toString())
                .put("endpoints", CommandCodec.endpoints(endpoints.get()));
        controller.submit(command).onComplete(answer -> {
            underWay = false;
            if (answer.succeeded()) {
                registered.tryComplete();
                if (changed && !closed) {
                    send();
                }
            } else if (ThalwegException.codeOf(answer.cause()) == ErrorCode.STALE_BROKER_EPOCH) {
                registered.tryFail(answer.cause());
            } else if (!closed) {
                if (++tried % TRIED_BETWEEN_WORDS == 0) {
                    LOGGER.atInfo()
                            .setMessage(
                                    "this broker waits for the controller to register it; a majority of the metadata's"
                                            + " voters must be here")
                            .addKeyValue("error", answer.cause().getMessage())
                            .log();
                }
                underWay = true;
                vertx.setTimer(AGAIN_MILLIS, fired -> {
                    if (!closed) {
                        context.runOnContext(nothing -> send());
                    }
                });
            }
        });
    }
}
